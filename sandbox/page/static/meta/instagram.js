// Instagram as its pane shows it: the account, and what its visitors can do there.

const LABELS = { REELS: 'Reel', STORY: 'Story', LIVE: 'Live' };

/** The account with its media, read for a visitor of this username. */
function read(state, who) {
  const account = state.instagram.accounts[0];
  const named = (username) => state.people.find((person) => person.username === username)?.name ?? username;

  const told = (node) => ({
    id: node.id,
    text: node.text,
    at: node.at,
    edited: false,
    reactions: node.likes.map((one) => ({ type: 'LIKE', mine: one.username === who, ours: one.id === account.id })),
  });
  const comment = (node) => ({
    ...told(node),
    author: { name: node.from.id === account.id ? account.name : named(node.from.username), ours: node.from.id === account.id },
    own: node.from.username === who,
    hidden: node.hidden,
    ad: Boolean(node.ad),
    picture: '',
    replies: node.replies.map(comment),
  });
  const post = (node) => ({
    ...told(node),
    author: { name: account.name, ours: true },
    own: false,
    hidden: false,
    link: '',
    label: LABELS[node.product] ?? '',
    closed: !node.comment_enabled,
    shares: 0,
    files: node.files.map((one) => ({ url: one.url, film: one.kind === 'video', description: one.alt })),
    comments: node.comments.map(comment),
    boosts: state.ads.boosts.filter((boost) => boost.shown === node.id && boost.badge !== 'gone'),
  });
  return {
    name: account.name,
    about: '',
    handle: `@${account.username}`,
    people: account.followers,
    cover: null,
    picture: null,
    posts: account.media.map(post),
    stories: [],
  };
}

export const INSTAGRAM = {
  name: 'Instagram',
  reactions: { LIKE: ['❤️', 'Like'] },
  edits: false,
  shares: false,
  followers: 'followers',
  read,
  write: null,
  comment: (stage, as, id, text) => stage.act('instagram/comment', { as, id, text }),
  edit: null,
  remove: (stage, as, id) => stage.act('instagram/delete', { as, id }),
  react: (stage, as, id, type) => stage.act('instagram/like', { as, id, undo: type === null }),
  share: null,
};
