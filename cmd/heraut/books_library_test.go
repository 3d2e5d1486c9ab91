package main

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/activities"
	"heraut/content"
	"heraut/people"
	appsbookssim "heraut/simulator/appsbooks"
)

// callers counts who asks for a distribution.
type callers struct{ n atomic.Int32 }

// DistributeNow implements activities.Distributor.
func (c *callers) DistributeNow(context.Context) error {
	c.n.Add(1)
	return nil
}

// distribute distributes as the worker does.
func (o *bookOffice) distribute() activities.Distributed {
	o.t.Helper()
	var d activities.Distributed
	require.NoError(o.t, o.run(o.Distribute, &d))
	return d
}

// holders are the users who have an app at Apple.
func (o *bookOffice) holders(adamID string) []string {
	o.t.Helper()
	var users []string
	for _, a := range o.apple.Assignments(bookOrg) {
		if a.AdamID != adamID {
			continue
		}
		for _, id := range o.everyone() {
			if r, err := o.parts.store.AccountOf(o.t.Context(), id); err == nil && r.ClientUserID == a.ClientUserID {
				users = append(users, id)
			}
		}
	}
	return users
}

func (o *bookOffice) everyone() []string {
	o.t.Helper()
	page, err := o.parts.store.ListUsers(o.t.Context(), people.UserFilter{}, people.Cursor{}, 100)
	require.NoError(o.t, err)
	ids := make([]string, len(page.Items))
	for i, u := range page.Items {
		ids[i] = u.ID
	}
	return ids
}

// TestContentFollowsAcceptance: from the plan's forecast to the licenses of
// those who accept, and on to the next one when an enrollment ends.
func TestContentFollowsAcceptance(t *testing.T) {
	const app = "361309726"
	o := newBookOffice(t, false)
	asked := &callers{}
	shelf, ok := o.Books.(*books)
	require.True(t, ok)
	o.Libraries, o.Licenses, o.Distributor = libraries{shelf}, o.parts.store, asked
	o.apple.AddAsset(bookOrg, appsbookssim.Asset{AdamID: app, Total: 3})
	require.Zero(t, o.distribute(), "the assets are known from here on")

	users := append(o.users(4), o.user(people.User{FullName: "silent", ManagedAppleAccount: "s@school.example"}))
	send := o.invite(users...)
	_, err := o.parts.store.PutContent(t.Context(), operatorKey, content.Owner{GroupID: send.GroupID}, content.Choices(content.AssetRef{AdamID: app, Pricing: content.PricingStandard}))
	require.NoError(t, err)
	forecast, err := o.parts.store.ForecastLicenses(t.Context(), send.PlanID)
	require.NoError(t, err)
	require.Equal(t, []int{5, 3}, []int{forecast[0].Needed, forecast[0].Available})

	require.NoError(t, o.deliver(send))
	for _, i := range []int{2, 0} {
		o.accept(users[i])
	}
	o.watch()
	require.Positive(t, asked.n.Load(), "who is enrolled does not wait for the schedule")
	require.Eventually(t, func() bool { o.watch(); return o.enrolled(users[4]) }, 30*time.Second, 50*time.Millisecond, "Apple enrolls the silent one")
	o.accept(users[3])
	o.watch()
	require.Equal(t, activities.Distributed{Given: 3}, o.distribute())
	require.ElementsMatch(t, []string{users[2], users[0], users[4]}, o.holders(app))

	require.NoError(t, o.parts.store.DeleteEnrollment(t.Context(), operatorKey, users[2]))
	o.distribute()
	require.ElementsMatch(t, []string{users[0], users[4], users[3]}, o.holders(app), "the next one in turn")
	waiting, err := o.parts.store.ListActiveLicenses(t.Context(), content.LicenseFilter{}, people.Cursor{}, 10)
	require.NoError(t, err)
	require.Empty(t, waiting.Items)
	require.False(t, slices.ContainsFunc(o.apple.Users(bookOrg), func(u appsbookssim.User) bool { return u.Email != "" }))
}
