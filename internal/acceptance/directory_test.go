package acceptance_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	"heraut/internal/testkit/directories"
	"heraut/invitation"
	"heraut/simulator/slapd"
)

// bound is a managed site whose people come from a directory alone.
type bound struct {
	*managed

	server *directories.Slapd
}

// bindDirectory binds a school by the command line, as an administrator does.
func bindDirectory(t *testing.T, people int) *bound {
	t.Helper()
	b := &bound{
		managed: serveManaged(t),
		server:  directories.StartSlapd(t, slapd.Options{}, func(w io.Writer) error { return slapd.WriteSchool(w, people) }),
	}
	folder := t.TempDir()
	password, ca := filepath.Join(folder, "password"), filepath.Join(folder, "ca.pem")
	require.NoError(t, os.WriteFile(password, []byte(slapd.Password+"\n"), 0o600))
	require.NoError(t, os.WriteFile(ca, []byte(b.server.CA), 0o600))
	b.run("add", "School", "--host", "localhost", "--port", strconv.Itoa(b.server.SecurePort), "--bind-dn", slapd.Reader,
		"--base-dn", slapd.Suffix, "--password-file", password, "--ca-file", ca)
	return b
}

// run runs a command about directories that must succeed.
func (b *bound) run(args ...string) string {
	b.Helper()
	return b.command(append(append([]string{"directory"}, args...), "--data", b.data, "--server", b.url)...)
}

// change changes the directory, and has Heraut read it.
func (b *bound) change(ldif ...string) string {
	b.Helper()
	b.server.Modify(b, strings.Join(ldif, ""))
	return b.run("sync", "School")
}

func entry(n int, kind string, lines ...string) string {
	return "dn: " + slapd.PersonDN(n) + "\nchangetype: " + kind + "\n" + strings.Join(lines, "\n") + "\n\n"
}

// class finds a group by its name, and its users.
func (b *bound) class(name string) (id string, people []person) {
	b.Helper()
	for _, g := range ask(b, http.StatusOK, func() (*client.ListGroupsResponse, error) {
		return b.api.ListGroupsWithResponse(b.Context(), &client.ListGroupsParams{Limit: new(most)})
	}).JSON200.Items {
		if g.Name == name {
			id = g.ID
		}
	}
	require.NotEmpty(b, id, "group %s", name)
	for _, u := range ask(b, http.StatusOK, func() (*client.ListUsersResponse, error) {
		return b.api.ListUsersWithResponse(b.Context(), &client.ListUsersParams{GroupID: &id, Limit: new(most)})
	}).JSON200.Items {
		people = append(people, person{id: u.ID, name: u.FullName, email: value(u.Email)})
	}
	return id, people
}

// The main job from a directory alone: people and groups come from it, one of
// its groups is invited, accepts and gets an app; who leaves gives it back.
func TestInvitedFromADirectoryAlone(t *testing.T) {
	t.Parallel()
	b := bindDirectory(t, 30)
	require.Contains(t, b.run("test", "School"), "groups or more are found")
	require.Contains(t, b.run("preview", "School"), "u000000@school.example")
	require.Regexp(t, `people +30 +30`, b.run("sync", "School"))
	require.Regexp(t, `School +auto +localhost`, b.run("list"))

	group, people := b.class("class00001")
	require.Len(t, people, 5)
	b.command("services", "on", "--group", "class00001", "--data", b.data, "--server", b.url)
	b.buy(5)
	b.promise(group, theApp)
	input := toGroup(group)
	input.Channel = new(client.ChannelPolicyMail)
	plan := b.plan(input)
	require.Equal(t, 5, plan.Invitations)
	b.confirm(plan)
	for _, p := range people[:2] {
		_, apple := b.mailed(p)
		require.NoError(t, b.books.Accept(b.inviteCode(apple), p.id+"@icloud.example"))
	}
	for _, p := range people[:2] {
		b.becomes(p.id, client.UserStateEnrolled)
	}
	b.requireTaken(2)
	require.Len(t, b.books.Assignments(org), 2)

	t.Log("a changed address is used for the next delivery; who is disabled or leaves is invited no more")
	moved, disabled, left := people[2], people[3], people[4]
	out := b.change(entry(27, "modify", "replace: mail", "mail: moved@school.example"),
		entry(28, "modify", "add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z"), entry(29, "delete"))
	require.Regexp(t, `people +\d+ +0 +0 +1 +1 +1\n`, out)
	require.Equal(t, string(invitation.Disabled), value(b.reaches(disabled.id, client.InvitationStateCancelled).LastAnswer))
	require.Equal(t, string(invitation.LeftDirectory), value(b.reaches(left.id, client.InvitationStateCancelled).LastAnswer))
	require.True(t, b.user(disabled.id).Disabled)
	ask(t, http.StatusAccepted, func() (*client.ResendInvitationResponse, error) {
		return b.api.ResendInvitationWithResponse(t.Context(), b.invitation(moved.id).ID, nil)
	})
	again := b.mailTo("moved@school.example", 1)
	require.NotEmpty(t, pageIn(&again))

	t.Log("the license of who leaves is back")
	b.change(entry(25, "delete"))
	eventually(t, func() bool { return len(b.books.Assignments(org)) == 1 }, "Apple has the license back")
	eventually(t, func() bool { return b.asset(theApp).Available == 4 }, "and Heraut knows")

	t.Log("who joins the group is in the next plan")
	b.change("dn: " + slapd.ClassDN(1) + "\nchangetype: modify\nadd: member\nmember: " + slapd.PersonDN(3) + "\n\n")
	next := b.plan(input)
	targets := b.targets(next.ID)
	_, people = b.class("class00001")
	joined := people[slices.IndexFunc(people, func(p person) bool { return p.email == "u000003@school.example" })]
	require.True(t, slices.ContainsFunc(targets, func(target client.Target) bool { return target.UserID == joined.id }))
	require.Equal(t, 1, next.SkippedCounts["services_off"], "who is disabled has no services")
	require.Contains(t, b.run("runs", "School"), "succeeded")
}
