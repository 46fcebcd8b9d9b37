// The sandbox's clock: an hour passes at the press of a button, so that one can watch money being spent.

import { iconButton } from '../dom.js';
import { toast, trying } from '../overlay.js';

const WHEN = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' });

/** The button; all of Meta has one clock, the desk another, which stays as it is. */
export function hourButton(pane, stage) {
  return iconButton('clock', 'Let an hour pass here', async () => {
    const moved = await trying(pane, () => stage.act('clock', { advance: 3600 }));
    if (!moved) return;
    toast(pane, `Here it is ${WHEN.format(new Date(moved.now))} now.`);
    await stage.refresh();
  }, { class: 'icon-button trouble' });
}
