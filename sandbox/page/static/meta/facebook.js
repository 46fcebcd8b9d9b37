// Facebook as its pane shows it: the first Page of the sandbox, and what its visitors can do there.

const REACTIONS = { LIKE: ['👍', 'Like'], LOVE: ['❤️', 'Love'], CARE: ['🤗', 'Care'], HAHA: ['😆', 'Haha'], WOW: ['😮', 'Wow'], SAD: ['😢', 'Sad'], ANGRY: ['😡', 'Angry'] };

/** The Page with its posts, read for a visitor of this username. */
function read(state, who) {
  const page = state.pages.pages[0];
  const me = state.people.find((person) => person.username === who)?.id;

  const told = (node) => ({
    id: node.id,
    author: { name: node.from.name, ours: node.from.id === page.id },
    own: node.from.id === me,
    text: node.text,
    at: node.at,
    edited: Boolean(node.edited),
    hidden: node.hidden,
    reactions: node.reactions.map((one) => ({ type: one.type, mine: one.from.id === me, ours: one.from.id === page.id })),
  });
  const comment = (node) => ({ ...told(node), ad: Boolean(node.ad), picture: node.attachment, replies: node.replies.map(comment) });
  const post = (node) => ({
    ...told(node),
    link: node.link,
    label: '',
    closed: false,
    shares: node.shares,
    files: node.media.map((one) => ({ url: one.url, film: one.kind === 'video', description: one.alt })),
    comments: node.comments.map(comment),
    boosts: state.ads.boosts.filter((boost) => boost.shown === node.id && boost.badge !== 'gone'),
  });
  const story = (node) => ({ id: node.id, url: node.media, film: node.type === 'video' });
  return {
    name: page.name,
    about: page.about,
    handle: `@${page.username}`,
    people: page.fans,
    cover: page.cover,
    picture: page.picture,
    posts: page.posts.filter((node) => node.published).map(post),
    stories: page.stories.map(story),
  };
}

export const FACEBOOK = {
  name: 'Facebook',
  reactions: REACTIONS,
  edits: true,
  shares: true,
  followers: 'followers',
  read,
  write: (stage, as, text) => stage.act('pages/post', { as, text }),
  comment: (stage, as, id, text) => stage.act('pages/comment', { as, id, text }),
  edit: (stage, as, id, text) => stage.act('pages/edit', { as, id, text }),
  remove: (stage, as, id) => stage.act('pages/delete', { as, id }),
  react: (stage, as, id, type) => stage.act('pages/react', { as, id, type }),
  share: (stage, as, id) => stage.act('pages/share', { as, id }),
};
