package acceptance_test

import (
	"io"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"heraut/internal/testkit/browsertest"
	"heraut/internal/testkit/directories"
	"heraut/simulator/slapd"
)

// TestTheManualIsPlayedWithADirectory plays the manual's sentence on accounts
// with the other way that it names, a directory, and then goes on with a group
// that comes from there: on the demo, by keyboard alone.
func TestTheManualIsPlayedWithADirectory(t *testing.T) {
	t.Parallel()
	server := directories.StartSlapd(t, slapd.Options{}, func(w io.Writer) error { return slapd.WriteSchool(w, 30) })
	m := newDemo(t)
	page := open(t, browsertest.Options{Language: "en"})
	m.firstAdmin(page)
	p := &play{managed: m, page: page, script: true}
	p.bind(server)

	t.Log("what comes from there is invited")
	page.Go(m.url + "/groups")
	page.Fill("field Find a group", "class00001")
	page.See("0/5")
	page.Enter("link class00001*")
	p.clubURL = strings.Split(page.Address(), "?")[0]
	page.Activate("checkbox Enable managed distribution services", " ")
	page.Enter("button Save")
	page.See("5 users have no device.")
	page.See("As an email invitation: 5 invitations")
	p.send("button Send email invitation")
	page.Go(m.url + "/tasks/active")
	page.See("Person 000027")

	t.Log("who accepts is listed as enrolled")
	p.acceptByMail("u000027@school.example")
	eventually(t, func() bool { return p.group(p.clubID()).Counts.Enrolled == 1 }, "somebody accepted")
	page.Go(p.clubURL)
	page.See("Enrolled (1)")
	page.See("Person 000027")
}

// bind binds a directory, tests it, looks at its people and reads it.
func (p *play) bind(server *directories.Slapd) {
	page := p.page
	page.Go(p.url + "/settings/directories")
	page.Enter("link Bind a directory")
	page.Fill("field Name", "School")
	page.Fill("field Server name", "localhost")
	page.Fill("field Port", strconv.Itoa(server.SecurePort))
	page.Fill("field Account to read with", slapd.Reader)
	page.Fill("field Password", slapd.Password)
	page.Fill("field Base of searches", slapd.Suffix)
	page.Fill("field Certificate of the authority", server.CA)
	page.Enter("button Bind a directory")
	page.See("This directory is not read yet.")
	page.Activate("button Test connection", "\r")
	page.See("Everything works.")
	page.Enter("link Preview")
	page.See("Person 000000")
	page.See("u000000@school.example")
	page.Enter("link Back to the directory")
	page.Enter("button Read now")
	page.See("succeeded")
	page.See("33 new, 0 ended") // memberships
}

// acceptByMail is somebody without a device: the mail's link leads to the
// invitation page, and that to Apple.
func (p *play) acceptByMail(address string) {
	p.Helper()
	page, inbox := p.page, strings.TrimSuffix(p.desk(), "devices/")
	eventually(p, func() bool {
		page.Go(inbox + "?q=" + url.QueryEscape(address))
		return !strings.Contains(page.Words(), "No mail")
	}, "no mail came to %s", address)
	page.TabTo("button Search")
	page.Press("\t") // to the newest mail's subject
	page.Submit()
	page.Enter("link " + p.url + "/i/*")
	page.Enter("link Sign in")
	page.Fill("field Apple Account", address)
	page.Enter("button Sign in and accept")
	page.See("Your Apple Account is enrolled")
}
