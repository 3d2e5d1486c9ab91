package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// mending is what was typed and pressed to mend a plan, and what came of it.
type mending struct {
	// Typed are addresses that were not kept, and Errors why, by user.
	Typed, Errors map[string]string
	// Error is why what was pressed was not done.
	Error string
	// done are the users who were mended.
	done []string
	// next is the user whose line comes next, of those in the list.
	next string
}

// addressField begins the names of fields with the address of a user.
const addressField = "email."

// mendPlan mends in place what kept people from being invited, and plans again:
// what was pressed, and every address that was typed.
func (v *visit) mendPlan() error {
	f, err := v.submitted("mend", "user_id")
	if err != nil {
		return err
	}
	plan, err := v.Store.Plan(v.ctx(), v.id())
	if err != nil {
		return err
	}
	m := &mending{Typed: map[string]string{}, Errors: map[string]string{}}
	changed, err := v.mendPressed(f, plan, m)
	if err != nil {
		return err
	}
	if err := v.mendAddresses(m); err != nil {
		return err
	}
	if err := v.findNext(plan, m); err != nil {
		return err
	}
	return v.mended(f, plan, m, changed || len(m.done) > 0)
}

// mendPressed does what a button is for; changed tells that it did.
func (v *visit) mendPressed(f form, plan invitation.Plan, m *mending) (changed bool, err error) {
	switch f.Values["mend"] {
	case "": // addresses alone
		return false, nil
	case "services":
		m.done = append(m.done, f.Values["user_id"])
		err = v.serve(f.Values["user_id"])
	case "group_services":
		err = v.serveGroup(plan.Request.GroupID)
	default:
		err = fault.New(fault.InvalidRequest, "This can not be mended here.")
	}
	if err == nil {
		return true, nil
	}
	m.done = nil
	err = v.refuse(&f, err)
	m.Error = f.Error
	return false, err
}

// mendAddresses keeps the addresses that were typed, each by itself: a wrong one
// leaves the others alone, and a user who is gone needs none.
func (v *visit) mendAddresses(m *mending) error {
	for name, values := range v.c.Request().PostForm {
		id, found := strings.CutPrefix(name, addressField)
		address := strings.TrimSpace(values[0])
		if !found || address == "" {
			continue
		}
		err := v.saveAddress(id, address)
		if err == nil {
			m.done = append(m.done, id)
			continue
		}
		f := newForm(map[string]string{"email": address})
		if err := v.refuse(&f, err); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if m.Errors[id] = f.Errors["email"]; m.Errors[id] == "" {
			m.Errors[id] = f.Error
		}
		m.Typed[id] = address
	}
	return nil
}

// findNext finds who comes after the last one who was mended.
func (v *visit) findNext(plan invitation.Plan, m *mending) error {
	at, err := v.place()
	if err != nil {
		return err
	}
	skips, err := v.Store.PlanSkips(v.ctx(), plan.ID, "", at, skipsSize)
	if err != nil {
		return err
	}
	for _, skip := range slices.Backward(skips.Items) {
		if slices.Contains(m.done, skip.User.ID) {
			return nil
		}
		m.next = skip.User.ID
	}
	return nil
}

// mended shows the plan as it is now, at the same part of who is left out.
func (v *visit) mended(f form, plan invitation.Plan, m *mending, changed bool) error {
	if changed {
		again, err := v.Store.CreatePlan(v.ctx(), v.actor(), plan.Request)
		if err != nil {
			return v.planRefused(f, plan.Request, err)
		}
		plan = again
	}
	refused := m.Error != "" || len(m.Errors) > 0
	if !refused && !v.inDialog() {
		q := url.Values{"next": {m.next}}
		if place := v.query("after"); place != "" {
			q.Set("after", place)
		}
		return v.c.Redirect(http.StatusSeeOther, with("/plans/"+plan.ID, q))
	}
	status := http.StatusOK
	if refused {
		status = http.StatusUnprocessableEntity
	}
	return v.confirmation(status, confirmation{Plan: plan, Mending: m})
}

// focus gives the focus to the line where one goes on: one with a mistake, the
// next, or else the first that can be mended.
func (m *mending) focus(lines []skipped) bool {
	for _, goes := range []func(s skipped) bool{
		func(s skipped) bool { return s.Error != "" },
		func(s skipped) bool { return s.UserID == m.next },
		func(skipped) bool { return true },
	} {
		at := slices.IndexFunc(lines, func(s skipped) bool { return s.Mend != "" && goes(s) })
		if at >= 0 {
			lines[at].Focus = true
			return true
		}
	}
	return false
}

// saveAddress keeps the mail address that was typed for a user.
func (v *visit) saveAddress(userID, address string) error {
	user, err := v.Store.UpdateUser(v.ctx(), v.actor(), userID, nil, func(u people.User) (people.User, error) {
		u.Email = address
		return u, nil
	})
	if err == nil {
		v.Office.UserChanged(v.ctx(), user.ID)
	}
	return err
}
