package console

import (
	"net/http"

	"heraut/console/page"
	"heraut/people"
)

// groupInfo is what the tab Info of a group shows.
type groupInfo struct {
	Group  people.Group
	Counts people.GroupCounts
	// Picture draws the counts; they stand in words above it.
	Picture picture
	Rolls   []roll
	Invite  groupInvitation
	// Source is where the group comes from.
	Source source
}

// roll is the list of a group's members that have come as far as a state.
type roll struct {
	State people.UserState
	N     int
	// Open: the list is unfolded.
	Open  bool
	Rows  []rollRow
	Steps steps
}

// rollRow is one member with how it came so far.
type rollRow struct {
	ID, Name string
	// Device is the name of the device that the invitation is for; empty: by
	// mail alone, or nothing is known.
	Device string
	When   page.Moment
	// How says by which way: a sentence's end, such as "via push".
	How string
}

// rollLimit is how many members each list shows at once.
const rollLimit = 25

// countedGroup reads the group that the address names, and its counts.
func (v *visit) countedGroup() (people.Group, people.GroupCounts, error) {
	group, err := v.Store.Group(v.ctx(), v.id())
	if err != nil {
		return people.Group{}, people.GroupCounts{}, err
	}
	counts, err := v.Store.GroupCounts(v.ctx(), group.ID)
	return group, counts[group.ID], err
}

func (v *visit) groupInfo() error {
	group, counts, err := v.countedGroup()
	if err != nil {
		return err
	}
	invite, err := v.groupInvitation(group.ID)
	if err != nil {
		return err
	}
	info := groupInfo{Group: group, Counts: counts, Invite: invite, Picture: v.picture("/groups/"+group.ID+"/states.svg", "")}
	for _, state := range []people.UserState{people.Enrolled, people.Invited, people.NotInvited} {
		r, err := v.roll(group.ID, state, info.Counts.Of(state))
		if err != nil {
			return err
		}
		info.Rolls = append(info.Rolls, r)
	}
	if info.Source, err = v.groupSource(group.ID); err != nil {
		return err
	}
	return v.showGroup(http.StatusOK, "groups/info", group.ID, info)
}

// roll reads one part of a list of members.
func (v *visit) roll(groupID string, state people.UserState, n int) (roll, error) {
	r := roll{State: state, N: n, Open: v.unfolded(state)}
	if n == 0 {
		return r, nil
	}
	at, err := v.placeAt(string(state))
	if err != nil {
		return r, err
	}
	users, err := v.Store.ListUsers(v.ctx(), people.UserFilter{GroupID: groupID, State: state}, at, rollLimit)
	if err != nil {
		return r, err
	}
	r.Steps = v.stepsOf(string(state), users.Next)
	r.Rows, err = v.rollRows(users.Items)
	return r, err
}

// unfolded tells whether a list is open: the one that the address names, or one
// that is looked through; the enrolled ones unless another is.
func (v *visit) unfolded(state people.UserState) bool {
	if v.query(string(state)) != "" || v.query("show") == string(state) {
		return true
	}
	return state == people.Enrolled && v.query("show") == ""
}

// rollRows adds to users by which invitation they came so far.
func (v *visit) rollRows(users []people.User) ([]rollRow, error) {
	ids := idsOf(users, func(u people.User) string { return u.ID })
	last, err := v.Store.LastInvitations(v.ctx(), ids...)
	if err != nil {
		return nil, err
	}
	enrolled, err := v.Store.EnrollmentsOf(v.ctx(), ids...)
	if err != nil {
		return nil, err
	}
	rows := make([]rollRow, len(users))
	for i, u := range users {
		row := rollRow{ID: u.ID, Name: u.FullName}
		invited, known := last[u.ID]
		if known && invited.Device != nil {
			row.Device = invited.Device.Name
		}
		if known {
			row.When, row.How = v.clock.On(invited.SentAt), v.t("via."+string(invited.Channel))
		}
		if e, is := enrolled[u.ID]; is {
			row.When, row.How = v.clock.On(e.EnrolledAt), v.t("source."+string(e.Source))
		}
		rows[i] = row
	}
	return rows, nil
}
