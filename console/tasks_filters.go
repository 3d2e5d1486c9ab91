package console

import "heraut/invitation"

// taskFilters is the form above the list.
type taskFilters struct {
	Choices []taskChoice
	Group   groupField
	// Chips are the group, and what pages elsewhere narrowed the list to.
	Chips []taskChip
}

// taskChoice is a field to choose in; the empty value comes first.
type taskChoice struct {
	Name, Label string
	Options     []taskOption
}

type taskOption struct {
	Value, Text string
	Selected    bool
}

// taskChip is one narrowing, with the address without it.
type taskChip struct{ Label, Name, Without string }

func (v *visit) taskFilters(q taskQuery) (taskFilters, error) {
	var f taskFilters
	states := invitation.OpenStates
	if !q.Active() {
		states = invitation.SettledStates
	}
	f.Choices = append(f.Choices, v.choose(q, "state", "state.invitation.", texts(states)))
	if q.Active() {
		f.Choices = append(f.Choices, v.choose(q, "waiting_for", "tasks.for.", texts([]invitation.WaitingFor{
			invitation.WaitingAnswer, invitation.WaitingDevice, invitation.WaitingRetry, invitation.WaitingRelay, invitation.WaitingLimit, invitation.WaitingPause,
		})))
	}
	channels := []string{string(invitation.ChannelMDM), string(invitation.ChannelAlert), string(invitation.ChannelMail)}
	f.Choices = append(f.Choices, v.choose(q, "channel", "channel.", channels), v.choose(q, "age", "tasks.age.", []string{"today", "day", "week", "month"}))
	if q.Active() {
		f.Choices = append(f.Choices, v.choose(q, "sort", "tasks.sort.", []string{"oldest", "next_action"}))
	}
	var err error
	if f.Group, err = v.groupField(q.Filter.GroupID); err != nil {
		return f, err
	}
	f.Chips, err = v.chips(q, f.Group)
	return f, err
}

func texts[T ~string](values []T) []string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	return texts
}

func (v *visit) choose(q taskQuery, name, words string, values []string) taskChoice {
	c := taskChoice{Name: name, Label: v.t("tasks.filter." + name), Options: []taskOption{{Text: v.t("tasks.any." + name)}}}
	for _, value := range values {
		c.Options = append(c.Options, taskOption{Value: value, Text: v.t(words + value), Selected: q.Values.Get(name) == value})
	}
	return c
}

func (v *visit) chips(q taskQuery, group groupField) ([]taskChip, error) {
	var chips []taskChip
	add := func(name, text string, err error) error {
		if err == nil {
			chips = append(chips, taskChip{Label: v.t("tasks.filter." + name), Name: text, Without: q.with(name, "")})
		}
		return err
	}
	if group.ID != "" {
		_ = add("group_id", group.Text, nil) // there is no error to hand on
	}
	if id := q.Filter.UserID; id != "" {
		u, err := v.Store.User(v.ctx(), id)
		if err := add("user_id", u.FullName, err); err != nil {
			return nil, err
		}
	}
	if id := q.Filter.DeviceID; id != "" {
		d, err := v.Store.Device(v.ctx(), id)
		if err := add("device_id", d.Name, err); err != nil {
			return nil, err
		}
	}
	if id := q.Filter.SendID; id != "" {
		s, err := v.Store.Send(v.ctx(), id)
		if err := add("send_id", v.clock.Exact(s.CreatedAt), err); err != nil {
			return nil, err
		}
	}
	return chips, nil
}
