package acceptance_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	"heraut/internal/testkit/browsertest"
	"heraut/simulator/school"
)

// TestTheManualIsPlayed plays the page of Profile Manager's manual that Heraut
// restores, sentence by sentence, on the demo: in Dutch and in English by
// keyboard alone, and its main path once without script.
func TestTheManualIsPlayed(t *testing.T) {
	t.Parallel()
	m := newDemo(t)
	pupils := m.pupils(t, 3)
	for i, o := range []browsertest.Options{{Language: "nl"}, {Language: "en"}, {Language: "nl", NoScript: true}} {
		page := open(t, o)
		if i == 0 {
			m.firstAdmin(page)
		} else {
			m.signIn(page)
		}
		p := &play{managed: m, page: page, nl: o.Language == "nl", script: !o.NoScript, pupil: pupils[i], guest: []string{"Femke Smit", "Rosa Blom", "Ilse Mulder"}[i]}
		p.club = []string{"Toneelclub", "Theatre club", "Schaakclub"}[i]
		p.accounts()
		p.groupAndContent()
		p.portal()
		p.assign()
		p.mail()
		p.inviteUser()
		p.inviteGroup()
		p.activeTasks()
		p.accepts()
		p.enrolled()
	}
}

// play is one evening with the manual.
type play struct {
	*managed
	page       *browsertest.Page
	nl, script bool
	// pupil has a device that has enrolled by the portal before; guest is a user
	// that is made by hand, with a device that enrolls here.
	pupil       client.User
	guest, club string
	guestURL    string
	clubURL     string
}

// pupils are members of the eager class with one device, which is under
// management.
func (m *managed) pupils(t *testing.T, n int) []client.User {
	t.Helper()
	class := m.class(school.Eager)
	all := ask(m, http.StatusOK, func() (*client.ListUsersResponse, error) {
		return m.api.ListUsersWithResponse(m.Context(), &client.ListUsersParams{GroupID: &class, Limit: new(most)})
	}).JSON200.Items
	fit := slices.DeleteFunc(all, func(u client.User) bool {
		devices := m.devicesOf(u.ID)
		return len(devices) != 1 || len(devices[0].Push) == 0 || devices[0].Push[0].Kind != client.PushKindMdm
	})
	require.GreaterOrEqual(t, len(fit), n)
	return fit[:n]
}

func (p *play) say(nl, en string) string { return words(p.nl, nl, en) }

func (p *play) device() string { return "iPad van " + strings.Fields(p.guest)[0] }

// mailbox is the guest's address and the name of the Apple Account.
func (p *play) mailbox() string {
	return strings.ToLower(strings.Fields(p.guest)[0]) + "@regenboog.example"
}

// accounts: a user.
func (p *play) accounts() {
	page := p.page
	page.Enter(p.say("link Gebruikers*", "link Users*"))
	page.Enter(p.say("link Nieuw*", "link New*"))
	page.Fill(p.say("field Volledige naam", "field Full name"), p.guest)
	page.Fill(p.say("field E-mailadres", "field E-mail address"), p.mailbox())
	page.Enter(p.say("button Bewaar", "button Save"))
	page.Until(`location.pathname.endsWith("/info")`, "the user is not made")
	p.guestURL = strings.Split(page.Address(), "?")[0]
}

// groupAndContent: a group, its members, and what they are to get.
func (p *play) groupAndContent() {
	page := p.page
	page.Enter(p.say("link Groepen*", "link Groups*"))
	page.Enter(p.say("link Nieuw*", "link New*"))
	page.Fill(p.say("field Naam", "field Name"), p.club)
	page.Enter(p.say("button Bewaar", "button Save"))
	page.Until(`location.pathname.endsWith("/members")`, "the group is not made")
	p.clubURL = strings.TrimSuffix(strings.Split(page.Address(), "?")[0], "/members") + "/info"
	for _, name := range []string{p.guest, p.pupil.FullName} {
		p.addMember(name)
	}
	page.Enter(p.say("link Materiaal", "link Content"))
	page.Activate("checkbox *", " ")
	page.Enter(p.say("button Bewaar", "button Save"))
}

// portal: the user portal, by which the guest's device enrolls.
func (p *play) portal() {
	page := p.page
	page.Go(p.guestURL)
	page.Enter(p.say("button Maak een inschrijflink", "button Make an enrollment link"))
	link := page.Value("#link")
	page.Go(link)
	page.See("Download profiel") // in the language of the user, who has the organization's
	page.Go(p.desk())
	if p.script { // without, axe-core does not run
		page.Accessible()
	}
	page.Fill("field Enrollment link", link)
	page.Fill("field Name of the device", p.device())
	page.Enter("button Enroll")
	page.Until(`document.querySelector("article").innerText.includes("· enrolled")`, "the device is not enrolled")
}

// desk is the page on which one is the owner of simulated devices.
func (s *site) desk() string {
	s.Helper()
	text, err := os.ReadFile(filepath.Join(s.data, "simulators", "state.json"))
	require.NoError(s, err)
	var state struct {
		Addresses struct {
			Inbox string `json:"inbox"`
		} `json:"addresses"`
	}
	require.NoError(s, json.Unmarshal(text, &state))
	return "http://" + state.Addresses.Inbox + "/devices/"
}

// assign: the device is taken from its user and given back.
func (p *play) assign() {
	page := p.page
	page.Go(p.url + "/devices?q=" + url.QueryEscape(p.device()))
	page.Enter("link " + p.device() + " " + p.guest)
	page.Enter(p.say("button Ontkoppel", "button Unassign"))
	page.Enter(p.say("button Ontkoppel", "button Unassign")) // and says what that means first
	page.See(p.say("aan niemand gekoppeld", "assigned to nobody"))
	page.Enter(p.say("link Koppel aan gebruiker", "link Assign to user"))
	page.Fill(p.say("field Zoek een gebruiker", "field Find a user"), p.guest)
	p.found(p.guest)
	page.Activate("radio "+p.guest+"*", " ")
	page.Enter(p.say("button Koppel aan gebruiker", "button Assign to user"))
	page.See(p.guest)
}

// mail: the note on the firewall's port and on the relay.
func (p *play) mail() {
	page := p.page
	page.Go(p.url + "/settings/mail")
	page.TabTo(p.say("checkbox Stuur uitgaande post door via internetaanbieder", "checkbox Relay outgoing mail through ISP"))
	page.Until(`document.activeElement.checked`, "the demo's mail goes through a relay")
	page.Press("  ") // off and on
	page.Fill(p.say("field Server voor uitgaande post", "field Outgoing mail server"), "localhost")
	page.Enter(p.say("button Bewaar", "button Save"))
	page.See(p.say("Bewaard.", "Saved."))
	p.inPlace(p.say("button Test de mail", "button Test mail"))
	page.See(p.say("Alle stappen zijn gelukt.", "All steps went well."))
}

// inPlace presses a button whose answer comes into the page: without script it
// is a page.
func (p *play) inPlace(button string) {
	p.Helper()
	if p.script {
		p.page.Activate(button, "\r")
	} else {
		p.page.Enter(button)
	}
}

// found waits for what was looked for: without script it takes a page.
func (p *play) found(name string) {
	p.Helper()
	if !p.script {
		p.page.Submit()
	}
	p.page.See(name)
}

func (p *play) addMember(name string) {
	p.Helper()
	p.page.Go(strings.TrimSuffix(p.clubURL, "/info") + "/members")
	p.page.Fill(p.say("field Zoek gebruikers of groepen om toe te voegen", "field Find users or groups to add"), name)
	if !p.script {
		p.page.Submit()
	}
	p.page.Until(`[...document.querySelectorAll("#found label")].some((l) => l.innerText.includes(`+quoted(name)+`))`, "%s is not found", name)
	p.page.Activate("checkbox "+name+"*", " ")
	p.page.Enter(p.say("button Voeg toe", "button Add"))
	p.page.See(name)
}

// inviteUser: the tab Info, the section, the switch, and the device's button.
func (p *play) inviteUser() {
	page := p.page
	page.Go(p.url + "/users")
	page.Go(p.guestURL)
	page.See("Info")
	page.See(p.say("Beheerde distributie", "Managed distribution"))
	page.Activate(p.say("checkbox Schakel voorzieningen voor beheerde distributie in", "checkbox Enable managed distribution services"), " ")
	page.Enter(p.say("button Bewaar", "button Save"))
	p.send(p.say("button Verstuur uitnodiging naar ", "button Send invitation to ") + p.device())
	page.Go(p.guestURL)
	page.See(p.say("Openstaande uitnodigingen", "Open invitations"))
}

// send presses a button that plans, looks at the confirmation, and sends.
func (p *play) send(button string) {
	p.Helper()
	page := p.page
	if p.script {
		page.Activate(button, "\r")
		page.Until(`document.querySelector("#dialog").open`, "no dialog comes")
		require.Equal(p, p.say("link Annuleer", "link Cancel"), page.Focused(), "the safe one has the focus")
		page.Accessible()
	} else {
		page.Enter(button)
	}
	page.See(p.say("Uitnodiging versturen naar", "Send invitation to"))
	page.Enter(p.say("button Stuur", "button Send"))
	page.Until(`location.pathname.startsWith("/sends/")`, "the send is not shown")
}

// inviteGroup: the choice, the number that follows it, and the one button.
func (p *play) inviteGroup() {
	page := p.page
	page.Go(p.clubURL)
	page.Activate(p.say("checkbox Schakel voorzieningen voor beheerde distributie in", "checkbox Enable managed distribution services"), " ")
	page.Enter(p.say("button Bewaar", "button Save"))
	eventually(p, func() bool { return p.group(p.clubID()).Counts.Invited == 1 }, "the guest was invited before")
	page.Go(p.clubURL)
	page.See(p.say("nog niet eerder uitgenodigd", "not previously invited"))
	page.See(p.say("Er wordt 1 uitnodiging verstuurd", "1 invitation will be sent"))
	page.Activate(p.say("radio nog niet eerder uitgenodigd", "radio not previously invited"), browsertest.ArrowDown)
	if !p.script {
		page.Enter(p.say("button Bereken", "button Calculate"))
	}
	page.See(p.say("Er worden 2 uitnodigingen verstuurd", "2 invitations will be sent"))
	p.send(p.say("button Stuur uitnodiging naar apparaten van gebruikers", "button Send invitation to users' devices"))
	page.Back()
	page.Until(`location.pathname.startsWith("/groups/") || location.pathname.startsWith("/plans")`, "Back does not lead back")
	require.Len(p, p.sendsTo(p.clubID()), 1, "sent once")
}

func (p *play) clubID() string {
	return strings.Split(strings.TrimPrefix(p.clubURL, p.url+"/groups/"), "/")[0]
}

func (p *play) sendsTo(group string) []client.Send {
	all := ask(p, http.StatusOK, func() (*client.ListSendsResponse, error) {
		return p.api.ListSendsWithResponse(p.Context(), &client.ListSendsParams{Limit: new(most)})
	}).JSON200.Items
	return slices.DeleteFunc(all, func(s client.Send) bool { return value(s.GroupID) != group })
}

// activeTasks: each with the user's full name and the device's name.
func (p *play) activeTasks() {
	p.page.Go(p.url + "/")
	p.page.Enter(p.say("link Actieve taken*", "link Active tasks*"))
	p.page.See(p.guest)
	p.page.See(p.device())
}

// accepts: the guest's device shows the invitation, and the guest accepts it
// with an Apple Account.
func (p *play) accepts() {
	page, shown := p.page, ""
	eventually(p, func() bool {
		page.Go(p.desk())
		shown = page.Words()
		return strings.Contains(strings.Split(shown, "· enrolled")[1], "Open the invitation")
	}, "the device shows nothing")
	require.Contains(p, strings.Split(shown, "· enrolled")[0], p.device(), "the newest stands first")
	page.Enter("link Open the invitation")
	page.Fill("field Apple Account", p.mailbox())
	page.Enter("button Sign in and accept")
	page.See("Your Apple Account is enrolled")
}

// enrolled: who accepts is listed as enrolled on the tab Info.
func (p *play) enrolled() {
	p.becomes(p.pupil.ID, client.UserStateEnrolled)
	p.becomes(strings.Split(strings.TrimPrefix(p.guestURL, p.url+"/users/"), "/")[0], client.UserStateEnrolled)
	p.page.Go(p.clubURL)
	p.page.See(p.say("Ingeschreven (2)", "Enrolled (2)"))
	p.page.See(p.say("allemaal ingeschreven", "all enrolled"))
	p.page.See(p.pupil.FullName)
	p.page.See(p.guest)
	p.page.Go(p.url + "/users/" + p.pupil.ID + "/info")
	p.page.See(p.say("ingeschreven", "enrolled"))
}

func quoted(s string) string { return "`" + s + "`" }
