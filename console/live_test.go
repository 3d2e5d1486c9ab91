package console_test

import (
	"bufio"
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/console"
	"heraut/invitation"
	"heraut/people"
)

// event is one event of a stream; a comment has no name.
type event struct {
	name, data string
	at         time.Time
}

// follow opens the stream of a page that was got, until the test ends or stop
// is called; what is told comes through the channel, which closes with it.
func (h *house) follow(page answer) (events <-chan event, stop func()) {
	h.t.Helper()
	m := regexp.MustCompile(`sse-connect="([^"]*)"`).FindStringSubmatch(page.text)
	require.Len(h.t, m, 2, "the page has no stream")
	ctx, cancel := context.WithCancel(h.t.Context())
	h.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url+html.UnescapeString(m[1]), http.NoBody)
	require.NoError(h.t, err)
	r.Header.Set("Accept-Language", h.lang)
	got, err := h.client.Do(r)
	require.NoError(h.t, err)
	require.Equal(h.t, http.StatusOK, got.StatusCode)
	require.Equal(h.t, "text/event-stream", got.Header.Get("Content-Type"))
	told := make(chan event, 1000)
	go func() {
		defer close(told)
		defer func() { _ = got.Body.Close() }() // it was read
		lines := bufio.NewScanner(got.Body)
		lines.Buffer(nil, 1<<20)
		var e event
		for lines.Scan() {
			switch name, value, _ := strings.Cut(lines.Text(), ": "); {
			case lines.Text() == "" && e != event{}:
				e.at = time.Now()
				told <- e
				e = event{}
			case name == "event":
				e.name = value
			case name == "data":
				e.data += value
			case name == "":
				e.data = value
			}
		}
	}()
	return told, cancel
}

// heard waits for an event of a name with something in it.
func heard(t *testing.T, events <-chan event, name, part string) event {
	t.Helper()
	patience := time.After(30 * time.Second)
	for {
		select {
		case e, open := <-events:
			require.True(t, open, "the stream ended before %s %q", name, part)
			if e.name == name && strings.Contains(e.data, part) {
				return e
			}
		case <-patience:
			require.FailNow(t, "never told", "%s %q", name, part)
		}
	}
}

// over waits for the end of a stream.
func over(t *testing.T, events <-chan event) {
	t.Helper()
	patience := time.After(30 * time.Second)
	for {
		select {
		case _, open := <-events:
			if !open {
				return
			}
		case <-patience:
			require.FailNow(t, "the stream goes on")
		}
	}
}

func quick(h *house) { h.pages.Hurry(20*time.Millisecond, time.Hour, 20*time.Millisecond, time.Hour) }

func TestTasksAreLive(t *testing.T) {
	h := newHouse(t)
	quick(h)
	h.lang = "nl"
	zoe, bram := h.invited("Zoë <b>", "iPad"), h.invited("Bram", "")
	events, stop := h.follow(h.get("/tasks/active"))
	first := heard(t, events, "rows", "")
	require.Contains(t, first.data, `id="state-`+zoe.ID, "at first all is told")
	require.Contains(t, first.data, `id="state-`+bram.ID)

	h.delivered(zoe, taken)
	changed := heard(t, events, "rows", "Wacht op antwoord")
	require.Contains(t, changed.data, `<td id="state-`+zoe.ID+`" hx-swap-oob="true">`)
	require.NotContains(t, changed.data, "250 2.0.0 Ok", "what a server says when all is well is on the invitation's page")
	require.NotContains(t, changed.data, bram.ID, "only what changed")
	require.NotContains(t, changed.data, "checkbox", "what is ticked stays ticked")
	require.Contains(t, heard(t, events, "spoken", "").data, "Zoë <b>: Wacht op antwoord")

	h.cancelled(bram)
	require.Contains(t, heard(t, events, "rows", bram.ID).data, "Geannuleerd", "it stays where it is")
	heard(t, events, "parts", `<span class="count" id="count-active" hx-swap-oob="true">1</span>`)
	h.invited("Nieuw", "")
	fresh := heard(t, events, "parts", `id="fresh"`)
	require.Contains(t, fresh.data, `<a class="button" href="/tasks/active">1 nieuwe taak</a>`)
	h.invited("Nieuwer", "")
	heard(t, events, "parts", "2 nieuwe taken")

	stop()
	over(t, events)
	require.Eventually(t, func() bool { return h.pages.Feeds() == 0 }, 30*time.Second, time.Millisecond, "nobody listens: nothing is read")
}

func TestLicensesAreLive(t *testing.T) {
	h := newHouse(t)
	quick(h)
	h.licensed("Bram")
	events, _ := h.follow(h.get("/tasks/active"))
	require.Contains(t, heard(t, events, "rows", "").data, "Has waited for a license")
}

func TestInvitationIsLive(t *testing.T) {
	h := newHouse(t)
	quick(h)
	i := h.invited("Zoë", "")
	events, _ := h.follow(h.get("/invitations/" + i.ID))
	first := heard(t, events, "parts", `<div id="invitation" hx-swap-oob="true">`).data
	require.Contains(t, first, `id="act-extend"`)
	h.delivered(i, taken)
	require.NotContains(t, heard(t, events, "parts", "Has waited for an answer").data, "invitation-acts", "buttons stay while they are of use")
	h.cancelled(i)
	gone := heard(t, events, "parts", "Cancelled just now").data
	require.Contains(t, gone, "The invitation was cancelled.")
	require.Contains(t, gone, `<div id="invitation-acts" hx-swap-oob="true"></div>`)
}

func TestBulkIsLive(t *testing.T) {
	h := newHouse(t)
	quick(h)
	h.fleet(30)
	bulk, err := h.store.CreateBulk(t.Context(), setup, invitation.Extend, invitation.Filter{})
	require.NoError(t, err)
	events, _ := h.follow(h.get("/tasks/bulk/" + bulk.ID))
	heard(t, events, "parts", `value="0" max="30"`)
	for part, want := range []string{`value="20" max="30"`, `value="30" max="30"`} {
		_, err := h.store.StepBulk(t.Context(), bulk.ID, 20)
		require.NoError(t, err)
		heard(t, events, "parts", want)
		if part == 1 {
			require.Equal(t, "Done: 30 invitations", heard(t, events, "spoken", "").data)
		}
	}
}

func TestReadingsAreShared(t *testing.T) {
	h := newHouse(t)
	quick(h)
	h.invited("Zoë", "")
	page := h.get("/tasks/active")
	one, _ := h.follow(page)
	h.lang = "nl"
	h.me = h.administrator("bob")
	h.signIn()
	two, stop := h.follow(page)
	heard(t, one, "rows", "Being sent")
	heard(t, two, "rows", "Wordt verstuurd")
	require.Equal(t, 1, h.pages.Feeds(), "one reading, in two languages")
	stop()
	over(t, two)
	h.invited("Bram", "")
	heard(t, one, "parts", "1 new task")
}

func TestStreamsAreFew(t *testing.T) {
	h := newHouse(t)
	quick(h)
	h.invited("Zoë", "")
	page := h.get("/tasks/active")
	var last <-chan event
	var stop func()
	for range 4 {
		last, stop = h.follow(page)
		heard(t, last, "rows", "")
	}
	address := "/events?" + url.Values{"for": {"/tasks/active"}}.Encode()
	require.Equal(t, http.StatusTooManyRequests, h.get(address).status)
	first := h.client
	h.me = h.administrator("bob")
	h.signIn()
	other, _ := h.follow(page)
	heard(t, other, "rows", "")
	h.client = first
	stop()
	over(t, last)
	require.Eventually(t, func() bool {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, h.url+address, http.NoBody)
		require.NoError(t, err)
		got, err := h.client.Do(r)
		require.NoError(t, err)
		require.NoError(t, got.Body.Close())
		return got.StatusCode == http.StatusOK
	}, 30*time.Second, 10*time.Millisecond, "one that ended makes room")
	for _, nothing := range []string{"/events", "/events?for=/users", "/events?for=%3A%3A"} {
		require.Equal(t, http.StatusNotFound, h.get(nothing).status)
	}
	require.Equal(t, http.StatusUnprocessableEntity, h.get("/events?for=/tasks/active?state=lost").status)
}

func TestStreamEndsWithItsSession(t *testing.T) {
	for name, end := range map[string]func(*house){
		"signed out": func(h *house) { h.post("/sign-out", url.Values{}) },
		"other role": func(h *house) { h.prefer(func(a *people.Administrator) { a.Role = people.Viewer }) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.pages.Hurry(time.Hour, 5*time.Millisecond, time.Hour, 20*time.Millisecond)
			h.invited("Zoë", "")
			events, _ := h.follow(h.get("/tasks/active"))
			heard(t, events, "", "still here")
			end(h)
			over(t, events)
		})
	}
}

func TestStreamEndsWithTheServer(t *testing.T) {
	stopped := make(chan struct{})
	h := newHouse(t, func(d *console.Dependencies) { d.Stopped = stopped })
	h.invited("Zoë", "")
	events, _ := h.follow(h.get("/tasks/active"))
	heard(t, events, "rows", "")
	close(stopped)
	over(t, events)
}

func TestStoreThatIsAwayIsAskedAgain(t *testing.T) {
	h := newHouse(t)
	quick(h)
	h.invited("Zoë", "")
	events, _ := h.follow(h.get("/tasks/active"))
	heard(t, events, "rows", "")
	require.NoError(t, h.store.Close())
	require.Eventually(t, func() bool { return strings.Contains(h.log.String(), "can not be read") }, 30*time.Second, time.Millisecond)
	require.Equal(t, 1, strings.Count(h.log.String(), "can not be read"), "the log hears of it once")
}

// TestFleetStaysCalm: of a thousand tasks that change all the time, a page hears
// once a second, and a screen reader too.
func TestFleetStaysCalm(t *testing.T) {
	h := newHouse(t)
	h.fleet(1000)
	events, stop := h.follow(h.get("/tasks/active"))
	began := heard(t, events, "rows", "").at
	churning, calm := context.WithCancel(t.Context())
	churned := make(chan int)
	go func() {
		n := 0
		for ; churning.Err() == nil; n++ {
			h.churn()
		}
		churned <- n
	}()
	var rows, spoken []time.Time
	enough := time.After(6 * time.Second)
	for listening := true; listening; {
		select {
		case e := <-events:
			switch e.name {
			case "rows":
				rows = append(rows, e.at)
				require.Less(t, len(e.data), 60_000, "a page's worth, not a fleet's")
			case "spoken":
				spoken = append(spoken, e.at)
				require.Equal(t, "50 tasks changed", e.data)
			}
		case <-enough:
			listening = false
		}
	}
	calm()
	require.GreaterOrEqual(t, <-churned, 2, "the fleet must have changed")
	stop()
	require.NotEmpty(t, spoken, "somebody hears of it")
	most := int(time.Since(began)/time.Second) + 1
	require.LessOrEqual(t, len(rows), most)
	require.LessOrEqual(t, len(spoken), most)
	require.GreaterOrEqual(t, len(rows), 2)
	require.Less(t, h.get("/tasks/active").status, 300, "the page stays usable")
}

// churn changes every open invitation.
func (h *house) churn() {
	ctx := context.WithoutCancel(h.t.Context())
	bulk, err := h.store.CreateBulk(ctx, setup, invitation.Extend, invitation.Filter{})
	for finished := false; err == nil && !finished; {
		var step invitation.BulkStep
		step, err = h.store.StepBulk(ctx, bulk.ID, 500)
		finished = step.Finished
	}
	if err != nil {
		h.t.Errorf("changing the fleet: %v", err)
	}
}
