package console_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/settings"
)

func TestHomeTeachesTheFirstSteps(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	home := h.get("/").words()
	require.Contains(t, home, "Voeg gebruikers toe Maak ze aan, importeer een rooster of koppel een adreslijstvoorziening. nog te doen")
	require.Contains(t, home, "Geef Heraut een openbaar adres Daar komt de uitnodigingspagina, en het gebruikersportaal. gedaan")
	require.Contains(t, home, "Geen uitnodiging vraagt aandacht.")
	require.Contains(t, home, "Er loopt nu geen verzending.")
	zoe := h.user("Zoe", invitable)
	h.device("iPad", zoe)
	set := settings.DefaultMail()
	set.From = "it@example.org"
	_, err := h.store.PutSetting(t.Context(), setup, settings.NameMail, set, nil, nil)
	require.NoError(t, err)
	h.sendFiles("/settings/content", "@token_file", "token De Esdoorn/Noord")
	require.NotContains(t, h.get("/").words(), "nog te doen")
	require.NotContains(t, h.get("/").text, "<details open>")
}

func TestHomeTellsHowFarEverybodyIs(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	require.NotContains(t, h.get("/").text, "<progress", "nobody is how far")
	zoe := h.user("Zoe", invitable)
	h.user("Bram")
	h.invite(h.group("4A", []people.User{zoe, h.user("Sem", invitable)}))
	h.accept(zoe)
	home := h.get("/")
	require.Contains(t, home.words(), "Ingeschreven voor beheerde distributie: 1 van 3 gebruikers. 1 ingeschreven · 0 uitgenodigd · 2 nog niet uitgenodigd")
	require.Contains(t, home.text, `<progress value="1" max="3"`)
	require.Contains(t, h.get("/users?state=not_invited").text, "Bram")
}

func TestHomeShowsRunningSends(t *testing.T) {
	h := newHouse(t)
	h.invite(h.group(awkward, []people.User{h.user("Zoe", invitable), h.user("Sem", invitable)}))
	home := h.get("/")
	require.Contains(t, home.words(), "0 of 2 accepted")
	require.NotContains(t, home.text, "<b>")
}
