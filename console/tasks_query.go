package console

import (
	"net/url"
	"strings"
	"time"

	"heraut/fault"
	"heraut/invitation"
)

// taskQuery is what the address of a list of tasks asks for.
type taskQuery struct {
	// Section is active or completed.
	Section string
	Filter  invitation.Filter
	// Values are those of the address that make the filter.
	Values url.Values
}

// taskNames are the names in an address that make the filter, in the order in
// which they are shown.
var taskNames = []string{"q", "state", "waiting_for", "channel", "age", "group_id", "marked", "sort", "send_id", "user_id", "device_id"}

// ages are how old tasks may be asked to be: made before or after so long ago.
var ages = map[string]struct{ before, after time.Duration }{
	"today": {after: oneDay}, "day": {before: oneDay}, "week": {before: 7 * oneDay}, "month": {before: 30 * oneDay},
}

const oneDay = 24 * time.Hour

// taskQuery reads an address; what nothing could match is refused.
func (v *visit) taskQuery(section string, from url.Values) (taskQuery, error) {
	q := taskQuery{Section: section, Values: url.Values{}}
	for _, name := range taskNames {
		if value := from.Get(name); value != "" {
			q.Values.Set(name, value)
		}
	}
	if strings.TrimSpace(from.Get("q")) == "" {
		q.Values.Del("q")
	}
	get := q.Values.Get
	q.Filter = invitation.Filter{
		Query: get("q"), State: invitation.State(get("state")), WaitingFor: invitation.WaitingFor(get("waiting_for")),
		Channel: invitation.Channel(get("channel")), GroupID: get("group_id"), SendID: get("send_id"), UserID: get("user_id"),
		DeviceID: get("device_id"), Marked: get("marked") != "", Sort: invitation.Sort(get("sort")),
	}
	if age := get("age"); age != "" {
		span, known := ages[age]
		if !known {
			return q, fault.Invalid(fault.Field{Pointer: "age", Message: "Choose one of the ages."})
		}
		if span.before > 0 {
			q.Filter.CreatedBefore = v.clock.Now.Add(-span.before)
		}
		if span.after > 0 {
			q.Filter.CreatedAfter = v.clock.Now.Add(-span.after)
		}
	}
	return q, q.Filter.Check()
}

// Active tells which of the two lists it is.
func (q taskQuery) Active() bool { return q.Section == "active" }

// Base is the address of the list without a filter.
func (q taskQuery) Base() string { return "/tasks/" + q.Section }

// Here is the address of the list's first part.
func (q taskQuery) Here() string { return with(q.Base(), q.Values) }

// with is Here with one value more, or another one; an empty one goes.
func (q taskQuery) with(name, value string) string { return with(q.Base(), q.changed(name, value)) }

func (q taskQuery) changed(name, value string) url.Values {
	values := url.Values{}
	for k := range q.Values {
		values.Set(k, q.Values.Get(k))
	}
	values.Del(name)
	if value != "" {
		values.Set(name, value)
	}
	return values
}

// Filtered tells whether the list is narrowed.
func (q taskQuery) Filtered() bool { return len(q.changed("sort", "")) > 0 }

// Fields are the filter as fields of a form.
func (q taskQuery) Fields() []field {
	var fields []field
	for _, name := range taskNames {
		if value := q.Values.Get(name); value != "" {
			fields = append(fields, field{name, value})
		}
	}
	return fields
}

// Export is where the list can be taken along.
func (q taskQuery) Export(form string) string {
	values := q.changed("list", q.Section)
	return with("/exports/tasks."+form, values)
}

// field is one value of a form.
type field struct{ Name, Value string }
