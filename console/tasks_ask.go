package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// asked is what somebody wants done to many invitations, before they confirm.
type asked struct {
	Action invitation.Action
	// All: everything open that the filter matches, made before a moment; else
	// the invitations of IDs.
	All    bool
	IDs    []string
	Query  taskQuery
	Before string // the moment, RFC 3339
	// N is how many it would be done to, by channel; Settled are those of IDs that
	// nothing can be done to any more.
	N        int
	Channels []channelCount
	Settled  int
	// Once is the id under which it is done: what is confirmed a second time, by
	// another press or after Back, has been done already.
	Once string
	// Was is how many were confirmed when it turned out to be another number.
	Was  int
	Back string
}

type channelCount struct {
	Channel invitation.Channel
	N       int
}

// maxSelected bounds how many rows are acted on one by one.
const maxSelected = 500

// readAsked reads what is wanted of an address or a form.
func (v *visit) readAsked(from url.Values) (asked, error) {
	a := asked{
		Action: invitation.Action(from.Get("action")), All: from.Get("all") == "1", IDs: slices.Compact(slices.Sorted(slices.Values(from["id"]))),
		Before: from.Get("before"), Back: tasksBack(from.Get("back")), Once: onceID(from.Get("once")),
	}
	if !a.Action.Known() {
		return a, fault.Invalid(fault.Field{Pointer: "action", Message: "Choose what is to be done."})
	}
	if len(a.IDs) > maxSelected {
		return a, fault.Invalid(fault.Field{Pointer: "id", Message: "These are too many rows at once."})
	}
	var err error
	if a.Query, err = v.taskQuery("active", from); err != nil || !a.All {
		return a, err
	}
	if q := from.Get("q"); q != "" && !people.Searchable(q) {
		return a, fault.Invalid(fault.Field{Pointer: "q", Message: "Search for letters, digits or signs."})
	}
	a.IDs = nil
	err = a.freeze(v.clock.Now)
	return a, err
}

// onceID is the id that a form brings, or a new one.
func onceID(given string) string {
	if id, err := uuid.Parse(given); err == nil && id.Version() == 7 {
		return id.String()
	}
	return uuid.Must(uuid.NewV7()).String()
}

// tasksBack is where one came from; the active tasks where that is not known.
func tasksBack(to string) string {
	if to = local(to); to == "/" {
		return "/tasks/active"
	}
	return to
}

// freeze leaves out what is made from now on: nobody is asked about it.
func (a *asked) freeze(now time.Time) error {
	before := now.UTC()
	if a.Before != "" {
		var err error
		if before, err = time.Parse(time.RFC3339Nano, a.Before); err != nil {
			return fault.Invalid(fault.Field{Pointer: "before", Message: "Open the list anew."})
		}
	}
	a.Before = before.Format(time.RFC3339Nano)
	if f := &a.Query.Filter; f.CreatedBefore.IsZero() || before.Before(f.CreatedBefore) {
		f.CreatedBefore = before
	}
	a.Query.Filter.Sort = ""
	return nil
}

// count counts what it would be done to.
func (v *visit) count(a *asked) error {
	a.N, a.Settled, a.Channels = 0, 0, nil
	if !a.All {
		return v.countSelected(a)
	}
	for _, channel := range allChannels {
		f := a.Query.Filter
		if f.Channel != "" && f.Channel != channel {
			continue
		}
		f.Channel = channel
		n, err := v.Store.CountInvitations(v.ctx(), f)
		if err != nil {
			return err
		}
		a.add(channel, n)
	}
	return nil
}

var allChannels = []invitation.Channel{invitation.ChannelMDM, invitation.ChannelAlert, invitation.ChannelMail}

func (v *visit) countSelected(a *asked) error {
	selected, err := v.Store.InvitationsNow(v.ctx(), a.IDs)
	if err != nil {
		return err
	}
	by := map[invitation.Channel]int{}
	for _, i := range selected {
		if i.State.Open() {
			by[i.Channel]++
		} else {
			a.Settled++
		}
	}
	for _, channel := range allChannels {
		a.add(channel, by[channel])
	}
	return nil
}

func (a *asked) add(channel invitation.Channel, n int) {
	if n > 0 {
		a.N += n
		a.Channels = append(a.Channels, channelCount{channel, n})
	}
}

// askTasks shows what an action would do, and asks.
func (v *visit) askTasks() error {
	a, err := v.readAsked(v.c.Request().URL.Query())
	if err != nil {
		return err
	}
	if err := v.count(&a); err != nil {
		return err
	}
	return v.showAsked(http.StatusOK, a)
}

func (v *visit) showAsked(status int, a asked) error {
	v.section = "active"
	view, err := v.view("tasks/ask", nil, &a)
	if err != nil {
		return err
	}
	if v.live() {
		return v.write(status, "tasks/ask", "ask", view)
	}
	return v.write(status, "tasks/ask", "frame", view)
}

// Nothing tells that nothing was chosen.
func (a *asked) Nothing() bool { return !a.All && len(a.IDs) == 0 }

// Fields are what was asked as fields of a form.
func (a *asked) Fields() []field {
	fields := []field{{"action", string(a.Action)}, {"back", a.Back}, {"count", strconv.Itoa(a.N)}, {"once", a.Once}}
	if a.All {
		return append(append(fields, field{"all", "1"}, field{"before", a.Before}), a.Query.Fields()...)
	}
	for _, id := range a.IDs {
		fields = append(fields, field{"id", id})
	}
	return fields
}
