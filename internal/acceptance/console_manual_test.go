package acceptance_test

import (
	"net/http"
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
		p.prepare()
		p.inviteUser()
		p.inviteGroup()
		p.activeTasks()
		p.enrolled()
	}
}

// play is one evening with the manual.
type play struct {
	*managed
	page       *browsertest.Page
	nl, script bool
	// pupil has a device that has enrolled by the portal; guest is a user that
	// is made by hand.
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

// prepare: accounts, groups, content, the portal, and devices of users.
func (p *play) prepare() {
	page := p.page
	page.Enter(p.say("link Gebruikers*", "link Users*"))
	page.Enter(p.say("link Nieuw*", "link New*"))
	page.Fill(p.say("field Volledige naam", "field Full name"), p.guest)
	page.Fill(p.say("field E-mailadres", "field E-mail address"), strings.ToLower(strings.Fields(p.guest)[0])+"@regenboog.example")
	page.Enter(p.say("button Bewaar", "button Save"))
	page.Until(`location.pathname.endsWith("/info")`, "the user is not made")
	p.guestURL = strings.Split(page.Address(), "?")[0]

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

	page.Go(p.guestURL)
	page.Enter(p.say("button Maak een inschrijfkoppeling", "button Make an enrollment link"))
	page.Go(page.Value("#link"))
	page.See("Download profiel") // in the language of the user, who has the organization's

	page.Go(p.url + "/devices/new")
	page.Fill(p.say("field Naam bij inschrijving", "field Name at enrollment"), p.device())
	page.Enter(p.say("button Bewaar", "button Save"))
	page.Enter(p.say("link Koppel aan gebruiker", "link Assign to user"))
	page.Fill(p.say("field Zoek een gebruiker", "field Find a user"), p.guest)
	p.found(p.guest)
	page.Activate("radio "+p.guest+"*", " ")
	page.Enter(p.say("button Koppel aan gebruiker", "button Assign to user"))
	page.See(p.guest)
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

// enrolled: who accepts is listed as enrolled on the tab Info.
func (p *play) enrolled() {
	p.becomes(p.pupil.ID, client.UserStateEnrolled)
	p.page.Go(p.clubURL)
	p.page.See(p.say("Ingeschreven (1)", "Enrolled (1)"))
	p.page.See(p.pupil.FullName)
	p.page.Go(p.url + "/users/" + p.pupil.ID + "/info")
	p.page.See(p.say("ingeschreven", "enrolled"))
}

func quoted(s string) string { return "`" + s + "`" }
