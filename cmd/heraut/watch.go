package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"heraut/api/client"
)

// watchRows is how many tasks fit on a screen.
const watchRows = 20

// watch shows active tasks until none is left.
type watch struct {
	api    *server
	filter taskFilter
	asJSON bool
}

// look is what one look saw.
type look struct {
	page tasksPage
	// send is the watched send; nil without one.
	send *client.Send
}

// run looks again and again; it fails when the API stays away.
func (w *watch) run(ctx context.Context, out io.Writer) error {
	screen := !w.asJSON && terminal(out)
	var shown []byte
	var p patience
	for {
		seen, err := w.look(ctx)
		switch {
		case err == nil:
			p = patience{}
			text := w.render(seen, screen)
			if !bytes.Equal(text, shown) {
				if err := w.show(out, text, screen); err != nil {
					return err
				}
				shown = text
			}
			if seen.over() {
				return nil
			}
		case !p.allows(err):
			return err
		}
		if err := pause(ctx, watchPause); err != nil {
			return err
		}
	}
}

func (w *watch) look(ctx context.Context) (look, error) {
	var seen look
	if w.filter.send != "" {
		got, err := ask(w.api, http.StatusOK, func() (*client.GetSendResponse, error) { return w.api.GetSendWithResponse(ctx, w.filter.send) })
		if err != nil {
			return seen, err
		}
		seen.send = got.JSON200
	}
	var err error
	seen.page, err = w.filter.active(ctx, w.api, watchRows, nil)
	return seen, err
}

// over tells whether nothing is left to wait for. The counts of a send include
// what its pages have not made tasks of yet.
func (l look) over() bool {
	if l.send == nil {
		return len(l.page.Items) == 0
	}
	c := l.send.Counts
	return c.Queued+c.Sent+c.Shown == 0
}

// render writes one look: for a screen the tasks, for a log a line.
func (w *watch) render(l look, screen bool) []byte {
	var text bytes.Buffer
	if w.asJSON {
		_ = printRaw(&text, l.page.body) // a buffer takes everything
		return text.Bytes()
	}
	fmt.Fprintln(&text, l.summary())
	if screen && len(l.page.Items) > 0 {
		t := taskTable(&text)
		for _, task := range l.page.Items {
			taskRow(t, task)
		}
		_ = t.flush() // a buffer takes everything
		if next(l.page.NextCursor) != nil {
			fmt.Fprintln(&text, "...")
		}
	}
	return text.Bytes()
}

func (l look) summary() string {
	if l.send == nil {
		count := plural(len(l.page.Items), "active task")
		if next(l.page.NextCursor) != nil {
			count = "more than " + count
		}
		return count
	}
	c := l.send.Counts
	return fmt.Sprintf("%s: queued %d, sent %d, shown %d · accepted %d, declined %d, expired %d, cancelled %d, failed %d",
		l.send.State, c.Queued, c.Sent, c.Shown, c.Accepted, c.Declined, c.Expired, c.Cancelled, c.Failed)
}

// show draws over the screen, or adds lines elsewhere.
func (w *watch) show(out io.Writer, text []byte, screen bool) error {
	if screen {
		text = append([]byte("\x1b[H\x1b[2J"), text...)
	}
	_, err := out.Write(text)
	return err
}
