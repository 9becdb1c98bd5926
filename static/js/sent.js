// The page of a form that was sent: a browser keeps what was sent with its entry in the history,
// readably on its own disk, so that it can send it once more. Nobody wants that, and with another
// entry in its place it lets go of it.
history.replaceState(history.state, "", location.href);
