package browsertest

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// point is a place in the window, in CSS pixels.
type point struct{ X, Y float64 }

// middle scrolls to what a selector finds, and is the middle of it.
func (p *Page) middle(selector string) point {
	p.tb.Helper()
	at := eval[point](p, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.scrollIntoView({block: "nearest"});
		const r = e.getBoundingClientRect();
		return {X: r.left + r.width / 2, Y: r.top + r.height / 2};
	})()`, selector))
	require.NotZero(p.tb, at, "nothing is at %q", selector)
	return at
}

// Drag drags what one selector finds onto what another does, with the mouse.
func (p *Page) Drag(from, to string) {
	p.tb.Helper()
	begin, end := p.middle(from), p.middle(to)
	p.mouse(input.DispatchMouseEventTypeMouseMoved, begin, 0)
	p.mouse(input.DispatchMouseEventTypeMousePressed, begin, 1)
	const steps = 8 // a hand moves, it does not jump
	for i := 1.0; i <= steps; i++ {
		p.mouse(input.DispatchMouseEventTypeMouseMoved, point{
			begin.X + (end.X-begin.X)*i/steps, begin.Y + (end.Y-begin.Y)*i/steps,
		}, 1)
	}
	p.mouse(input.DispatchMouseEventTypeMouseMoved, end, 1)
	p.mouse(input.DispatchMouseEventTypeMouseReleased, end, 0)
}

func (p *Page) mouse(kind input.DispatchMouseEventType, at point, buttons int64) {
	p.tb.Helper()
	event := input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y, Buttons: buttons}
	if kind != input.DispatchMouseEventTypeMouseMoved || buttons > 0 {
		event.Button, event.ClickCount = input.MouseButtonLeft, 1
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	_, err := chromedp.Call(ctx, input.DispatchMouseEvent, event)
	require.NoError(p.tb, err)
}

// DropFiles drops files, as from a folder's window, on what a selector finds.
func (p *Page) DropFiles(selector string, paths ...string) {
	p.tb.Helper()
	at := p.middle(selector)
	for _, kind := range []input.DispatchDragEventType{
		input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop,
	} {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		_, err := chromedp.Call(ctx, input.DispatchDragEvent, input.DispatchDragEventParams{
			Type: kind, X: at.X, Y: at.Y, Data: &input.DragData{Items: []*input.DragDataItem{}, Files: paths, DragOperationsMask: 1},
		})
		cancel()
		require.NoError(p.tb, err)
	}
}
