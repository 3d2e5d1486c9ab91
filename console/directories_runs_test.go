package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

func TestDirectoryIsReadNow(t *testing.T) {
	h := newHouse(t)
	b := h.bound("School")
	b.finish(func(*people.DirectoryRun) {})
	begun := h.post(b.path()+"/sync", url.Values{"full": {"on"}})
	require.Equal(t, http.StatusSeeOther, begun.status)
	require.Contains(t, h.engine.told, "read "+b.dir.ID)
	require.Equal(t, begun.location, h.post(b.path()+"/sync", url.Values{}).location, "two administrators see the same run")
	run, open, err := h.store.OpenRun(t.Context(), b.dir.ID)
	require.NoError(t, err)
	require.True(t, open)
	require.Equal(t, people.RunFull, run.Mode)
	b.run = run

	require.NoError(t, h.store.RunProgress(t.Context(), run, 1200, 3))
	page := h.get(begun.location)
	require.Contains(t, page.words(), "Under way: 1,200 users and 3 groups read")
	require.Contains(t, page.text, `hx-trigger="every 1s"`)
	require.Contains(t, page.words(), "Asked by \u2068Ada Lovelace\u2069")
	part := h.get(begun.location, "HX-Request", "true", "HX-Target", "progress")
	require.True(t, strings.HasPrefix(part.text, `<div id="progress"`), part.text)
	standing := h.get(b.path(), "HX-Request", "true", "HX-Target", "standing")
	require.True(t, strings.HasPrefix(standing.text, `<div id="standing"`), standing.text)
	require.Contains(t, h.get("/settings/directories").words(), "being read")

	b.brings("Zoë", "Bram")
	b.finish(func(*people.DirectoryRun) {})
	ended := h.get(begun.location, "HX-Request", "true", "HX-Target", "progress")
	require.Equal(t, begun.location, ended.location, "the whole page is loaded")
	require.Equal(t, b.path(), h.get(b.path(), "HX-Request", "true", "HX-Target", "standing").location)
	done := h.get(begun.location)
	require.NotContains(t, done.text, "hx-trigger=\"every")
	deeds := h.get("/activity?kind=directory.")
	require.Contains(t, deeds.words(), "Directory \u2068School\u2069 was read.")
	require.Contains(t, deeds.text, `href="`+b.path()+`"`)
	require.Contains(t, done.words(), "Users Read 1,200 New 2 Already there 0 Changed 0 Disabled 0 Gone 0 Groups Read 3 New 0 Changed 0 Gone 0")
}

func TestHeldRunWaitsForAWord(t *testing.T) {
	h := newHouse(t)
	b := h.bound("School")
	hold := func(r *people.DirectoryRun) {
		r.State = people.RunHeld
		r.Report.Takes = people.DirectoryTakes{People: 161, OfPeople: 1599, OfGroups: 12, Members: 1, OfMembers: 2}
	}
	b.finish(hold)
	h.lang = "nl"
	require.Contains(t, h.get("/settings/directories").words(), "wacht op akkoord")
	require.Contains(t, h.get(b.path()).words(), "zou 161 van 1.599 gebruikers verwijderen of uitschakelen zou 1 van 2 lidmaatschappen beëindigen")
	run := h.get(b.runPath())
	require.Contains(t, run.words(), "Er is nog niets verwijderd.")
	require.NotContains(t, run.words(), "van 12 groepen")
	asked := h.get(b.runPath() + "/confirm")
	require.Contains(t, asked.words(), "zou 161 van 1.599 gebruikers verwijderen")
	require.Contains(t, asked.words(), "worden openstaande uitnodigingen geannuleerd en gaan app-licenties terug")
	require.Contains(t, asked.text, "autofocus>Annuleer")

	given := h.post(b.runPath()+"/confirm", url.Values{})
	require.Equal(t, b.runPath(), given.location)
	require.Contains(t, h.engine.told, "read "+b.dir.ID)
	again := h.post(b.runPath()+"/confirm", url.Values{})
	require.Equal(t, http.StatusConflict, again.status, "somebody else was first")
	require.Contains(t, again.words(), "Deze leesronde wacht niet op akkoord.")
	require.Equal(t, http.StatusConflict, h.get(b.runPath()+"/confirm").status)

	b.finish(hold)
	held := b.runPath()
	b.begin()
	late := h.post(held+"/confirm", url.Values{})
	require.Contains(t, late.words(), "Er is intussen een latere leesronde geweest.")
	require.Contains(t, h.get(held).words(), "ingehaald door een latere")
}

func TestRunSaysWhatWasRefused(t *testing.T) {
	h := newHouse(t)
	b := h.bound("School")
	var problems []people.DirectoryProblem
	for i := range 45 {
		problems = append(problems, people.DirectoryProblem{Severity: people.SeverityError, Entry: fmt.Sprintf("cn=%d<b>", i), Message: "The entry has no stable id that can be read."})
	}
	problems[0] = people.DirectoryProblem{Severity: people.SeverityWarning, Message: "5 people have the address x@y.nl: each is invited by it, and whoever reads it can answer for all."}
	b.finish(func(r *people.DirectoryRun) {
		r.State, r.Failure = people.RunFailed, "ldap.school.example refuses the account or its password."
	}, problems...)
	h.lang = "nl"
	path, seen := b.runPath(), 0
	for path != "" {
		page := h.get(path)
		require.Contains(t, page.words(), "ldap.school.example weigert het account of het wachtwoord.")
		require.Contains(t, page.words(), "44 vermeldingen geweigerd, 1 opmerking")
		require.NotContains(t, page.text, "<b>")
		seen += strings.Count(page.text, "<tr><td>")
		path = nextOf(page.text)
	}
	require.Equal(t, 45, seen)
	require.Contains(t, h.get(b.runPath()).words(), "Let op: 5 mensen hebben het adres x@y.nl.")
	require.Contains(t, h.get("/settings/directories").words(), "mislukt ldap.school.example weigert het account")
	require.Equal(t, http.StatusUnprocessableEntity, h.get(b.runPath()+"?from=forged").status)
	require.Equal(t, http.StatusNotFound, h.get(b.path()+"/runs/none").status)
	other := h.bound("Other")
	require.Equal(t, http.StatusNotFound, h.get(other.path()+"/runs/"+b.run.ID).status, "a run of another directory")
}

func TestManyRunsComeInParts(t *testing.T) {
	h := newHouse(t)
	b := h.bound("School")
	b.finish(func(r *people.DirectoryRun) { r.Report.Kept = true })
	require.Contains(t, h.get(b.runPath()).words(), "Who was not found was kept, because the server&#39;s answer was not whole.")
	for range 24 {
		b.begin()
		b.finish(func(*people.DirectoryRun) {})
	}
	path, seen := b.path(), 0
	for path != "" {
		page := h.get(path)
		seen += strings.Count(page.text, "<tr data-row>")
		path = nextOf(page.text)
	}
	require.Equal(t, 25, seen)
}

func TestDirectoriesByRole(t *testing.T) {
	h := newHouse(t)
	b := h.bound("School")
	b.finish(func(r *people.DirectoryRun) {
		r.State, r.Report.Takes = people.RunHeld, people.DirectoryTakes{People: 2, OfPeople: 3}
	})
	for role, may := range map[people.Role][3]bool{people.Viewer: {}, people.Operator: {true}, people.Admin: {true, true, true}} {
		h.become(role)
		page := h.get(b.path())
		require.Equal(t, may[0], strings.Contains(page.text, "/sync\""), role)
		require.Equal(t, may[1], strings.Contains(page.text, "/delete\""), role)
		require.Equal(t, may[2], strings.Contains(h.get(b.runPath()).text, "/confirm\""), role)
		require.Equal(t, may[1], strings.Contains(h.get("/settings/directories").text, "/settings/directories/new"), role)
	}
}
