package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
)

// awkward is a name that pages must not stumble over.
var awkward = "<b>ليلى</b> & \"" + strings.Repeat("é", 280)

// group makes a group of users and groups.
func (h *house) group(name string, users []people.User, groups ...people.Group) people.Group {
	h.t.Helper()
	made, err := h.store.CreateGroup(h.t.Context(), setup, people.Group{Name: name})
	require.NoError(h.t, err)
	var userIDs, groupIDs []string
	for _, u := range users {
		userIDs = append(userIDs, u.ID)
	}
	for _, g := range groups {
		groupIDs = append(groupIDs, g.ID)
	}
	made, err = h.store.SetMembers(h.t.Context(), setup, made.ID, userIDs, groupIDs)
	require.NoError(h.t, err)
	return made
}

// invite sends a group's members a mail, as far as the store.
func (h *house) invite(g people.Group) {
	h.t.Helper()
	plan, err := h.store.CreatePlan(h.t.Context(), setup, invitation.Request{GroupID: g.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	require.NoError(h.t, err)
	send, _, err := h.store.SendPlan(h.t.Context(), setup, plan.ID, plan.Digest, invitation.Schedule{ExpiresAfter: 1 << 50})
	require.NoError(h.t, err)
	_, err = h.store.WritePage(h.t.Context(), send.ID, 0, 100)
	require.NoError(h.t, err)
}

// accept lets a user accept the only open invitation.
func (h *house) accept(u people.User) {
	h.t.Helper()
	open, err := h.store.ListActive(h.t.Context(), invitation.Filter{UserID: u.ID}, people.Cursor{}, 1)
	require.NoError(h.t, err)
	require.NotEmpty(h.t, open.Items)
	_, err = h.store.Answer(h.t.Context(), open.Items[0].ID, invitation.Accept, setup, invitation.SourcePage)
	require.NoError(h.t, err)
	_, err = h.store.Record(h.t.Context(), u.ID)
	require.NoError(h.t, err)
}

// invitable is a user whom a mail reaches.
func invitable(u *people.User) {
	u.Email, u.ManagedDistribution = strings.ToLower(strings.Fields(u.FullName)[0])+"@example.org", true
}

func TestGroupsAreListedWithWhoEnrolled(t *testing.T) {
	h := newHouse(t)
	zoe, sem := h.user("Zoe", invitable), h.user("Sem", invitable)
	inner := h.group("4A", []people.User{zoe})
	h.group(awkward, []people.User{sem}, inner)
	h.invite(inner)
	h.accept(zoe)
	all := h.get("/groups")
	require.Equal(t, http.StatusOK, all.status)
	require.Contains(t, all.words(), "4A 1/1 1 of 1 enrolled")
	require.Contains(t, all.words(), "1/2 1 of 2 enrolled", "through nesting")
	require.NotContains(t, all.text, "<b>")
	require.NotContains(t, h.get("/groups?q=4a").words(), "1/2")
	require.Contains(t, h.get("/groups?q=4a").text, "/groups/"+inner.ID+"/info?q=4a")
	part := h.get("/groups?q=4a", "HX-Request", "true", "HX-Target", "list-items")
	require.True(t, strings.HasPrefix(part.text, "<ul"), part.text)
	require.Equal(t, http.StatusUnprocessableEntity, h.get("/groups?after=forged").status)
	require.Equal(t, "/groups/"+inner.ID+"/info", h.get("/groups/"+inner.ID).location)
}

func TestGroupIsMadeAndChanged(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	refused := h.post("/groups", url.Values{"name": {" "}})
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.words(), "Vul een naam in.")
	made := h.post("/groups", url.Values{"name": {awkward}, "external_id": {"4A"}})
	require.Equal(t, http.StatusSeeOther, made.status)
	id := strings.Split(made.location, "/")[2]
	require.Contains(t, h.get(made.location).words(), "Voeg nu leden toe.")
	twice := h.post("/groups", url.Values{"name": {"x"}, "external_id": {"4A"}})
	require.Contains(t, twice.words(), "Een andere groep heeft dit nummer.")

	require.Contains(t, h.get("/groups/"+id+"/edit").text, `name="version" value="1"`)
	require.Equal(t, http.StatusSeeOther, h.post("/groups/"+id+"/edit", url.Values{"name": {"4A"}, "version": {"1"}}).status)
	late := h.post("/groups/"+id+"/edit", url.Values{"name": {"4B"}, "version": {"1"}})
	require.Equal(t, http.StatusUnprocessableEntity, late.status, "somebody has changed it meanwhile")
	require.Contains(t, late.words(), "Iemand anders heeft dit intussen gewijzigd.")
	require.Contains(t, late.text, `value="4B"`)
}

func TestServicesOfAGroup(t *testing.T) {
	h := newHouse(t)
	g := h.group("4A", nil)
	for field, want := range map[string]bool{"on": true, "": false} {
		require.Equal(t, http.StatusSeeOther, h.post("/groups/"+g.ID+"/services", url.Values{"managed_distribution": {field}}).status)
		now, err := h.store.Group(t.Context(), g.ID)
		require.NoError(t, err)
		require.Equal(t, want, now.ManagedDistribution)
	}
	require.Contains(t, h.engine.told, "distribute")
}

func TestInfoOfAGroupRollsUp(t *testing.T) {
	h := newHouse(t)
	zoe, sem, ada := h.user("Zoe", invitable), h.user("Sem", invitable), h.user("Ada", invitable)
	g := h.group("4A", []people.User{zoe, sem, ada})
	h.invite(g)
	h.accept(zoe)
	h.lang = "nl"
	info := h.get("/groups/" + g.ID + "/info")
	require.Contains(t, info.words(), "3 leden · 1 ingeschreven · 0 uitgenodigd · 2 nog niet uitgenodigd")
	require.Contains(t, info.words(), "Schakel voorzieningen voor beheerde distributie in")
	require.Contains(t, info.words(), "via de uitnodigingspagina", "how she enrolled")
	require.Contains(t, info.text, `<details id="enrolled" open>`)
	require.Contains(t, info.text, `<details id="not_invited">`)
	require.Contains(t, h.get("/groups/"+g.ID+"/info?show=not_invited").text, `<details id="not_invited" open>`)
	h.accept(sem)
	h.accept(ada)
	h.lang = "en"
	require.Contains(t, h.get("/groups/"+g.ID+"/info").words(), "3 members · all enrolled", "a state of its own")
	empty := h.group("5A", nil)
	require.NotContains(t, h.get("/groups/"+empty.ID+"/info").words(), "all enrolled")
}

func TestLongRollsComeInParts(t *testing.T) {
	h := newHouse(t)
	var users []people.User
	for range 60 {
		users = append(users, h.user("Pupil"))
	}
	g := h.group("school", users)
	path, seen, parts := "/groups/"+g.ID+"/info?show=not_invited", 0, 0
	for path != "" {
		got := h.get(path)
		require.Contains(t, got.text, `<details id="not_invited" open>`)
		seen += strings.Count(got.text, "<tr data-row>")
		parts++
		path = nextOf(got.text)
	}
	require.Equal(t, []int{60, 3}, []int{seen, parts})
	require.Equal(t, http.StatusUnprocessableEntity, h.get("/groups/"+g.ID+"/info?not_invited=forged").status)
}

// nextOf is where the last list of a page goes on; empty: it does not.
func nextOf(text string) string {
	before, _, more := cutLast(text, `" rel="next"`)
	if !more {
		return ""
	}
	_, path, _ := cutLast(before, `href="`)
	return strings.ReplaceAll(path, "&amp;", "&")
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func TestMembersAreAddedAndRemoved(t *testing.T) {
	h := newHouse(t)
	zoe, sem := h.user("Zoe"), h.user(awkward)
	inner := h.group("4A", []people.User{zoe})
	g := h.group("school", nil)
	path := "/groups/" + g.ID + "/members"
	require.Contains(t, h.get(path).words(), "This group is empty.")
	found := h.get(path + "?find=zoe")
	require.Contains(t, found.text, `name="user" value="`+zoe.ID+`"`)
	require.NotContains(t, found.text, sem.ID)
	require.NotContains(t, h.get(path+"?find=school").text, `name="group" value="`+g.ID, "not itself")
	part := h.get(path+"?find=zoe", "HX-Request", "true", "HX-Target", "found")
	require.True(t, strings.HasPrefix(part.text, "<form"), part.text)

	none := h.post(path, url.Values{"do": {"add"}})
	require.Equal(t, http.StatusUnprocessableEntity, none.status)
	require.Contains(t, none.words(), "Choose a user or a group first.")
	added := h.post(path, url.Values{"do": {"add"}, "user": {sem.ID}, "group": {inner.ID}})
	require.Contains(t, h.get(added.location).words(), "2 members were added.")
	shown := h.get(path)
	require.Contains(t, shown.text, `name="user" value="`+sem.ID)
	require.NotContains(t, shown.text, `name="user" value="`+zoe.ID, "she is in it through 4A alone")
	require.Contains(t, shown.words(), "through a group")
	require.Contains(t, shown.text, "&lt;b&gt;")

	require.Equal(t, http.StatusSeeOther, h.post(path, url.Values{"do": {"remove"}, "group": {inner.ID}}).status)
	users, groups, err := h.store.GroupMembers(t.Context(), g.ID)
	require.NoError(t, err)
	require.Equal(t, []string{sem.ID}, users)
	require.Empty(t, groups)
	require.Contains(t, h.engine.told, "distribute")
	require.Equal(t, http.StatusUnprocessableEntity, h.post(path, url.Values{"do": {"add"}, "user": {"none"}}).status)
}

func TestAGroupCanNotHoldItself(t *testing.T) {
	h := newHouse(t)
	inner := h.group("inner", nil)
	outer := h.group("outer", nil, inner)
	h.lang = "nl"
	refused := h.post("/groups/"+inner.ID+"/members", url.Values{"do": {"add"}, "group": {outer.ID}})
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.words(), "Een groep kan niet in zichzelf zitten: &#34;inner&#34; &gt; &#34;outer&#34; &gt; &#34;inner&#34;.")
}

// TestMembersAddedAtOnceAreAllKept: two administrators change one group.
func TestMembersAddedAtOnceAreAllKept(t *testing.T) {
	h := newHouse(t)
	g := h.group("4A", nil)
	users := []people.User{h.user("a"), h.user("b"), h.user("c")}
	var all sync.WaitGroup
	for _, u := range users {
		all.Go(func() {
			got := h.post("/groups/"+g.ID+"/members", url.Values{"do": {"add"}, "user": {u.ID}})
			if got.status != http.StatusSeeOther {
				t.Errorf("status %d: %s", got.status, got.words())
			}
		})
	}
	all.Wait()
	kept, _, err := h.store.GroupMembers(t.Context(), g.ID)
	require.NoError(t, err)
	require.Len(t, kept, len(users))
}

func TestGroupIsDeleted(t *testing.T) {
	h := newHouse(t)
	g := h.group("4A", []people.User{h.user("Zoe", invitable), h.user("Sem", invitable)})
	h.invite(g)
	ask := h.get("/groups/" + g.ID + "/delete")
	require.Contains(t, ask.words(), "Delete 4A? Its 2 members stay, but not in this group. 2 invitations of members are open.")
	require.Equal(t, "/groups?said=group_deleted", h.post("/groups/"+g.ID+"/delete", url.Values{}).location)
	require.Equal(t, http.StatusNotFound, h.get("/groups/"+g.ID+"/info").status)
	require.Contains(t, h.engine.told, "distribute")
}

func TestGroupsByRole(t *testing.T) {
	h := newHouse(t)
	g := h.group("4A", []people.User{h.user("Zoe")})
	for role, want := range map[people.Role][2]int{
		people.Viewer:   {http.StatusForbidden, http.StatusForbidden},
		people.Operator: {http.StatusOK, http.StatusForbidden},
		people.Admin:    {http.StatusOK, http.StatusOK},
	} {
		h.become(role)
		for _, tab := range []string{"info", "members", "content", "activity"} {
			require.Equal(t, http.StatusOK, h.get("/groups/"+g.ID+"/"+tab).status, tab)
		}
		require.Equal(t, want[0], h.get("/groups/"+g.ID+"/edit").status)
		require.Equal(t, want[1], h.get("/groups/"+g.ID+"/delete").status)
		may := want[0] == http.StatusOK
		require.Equal(t, may, strings.Contains(h.get("/groups/"+g.ID+"/members").text, "checkbox"))
		if !may {
			require.Equal(t, http.StatusForbidden, h.post("/groups/"+g.ID+"/members", url.Values{"do": {"remove"}}).status)
		}
	}
}
