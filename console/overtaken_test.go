package console_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

// filled is the form of a page that makes or changes somebody or something, as it
// would be sent.
func (a answer) filled() url.Values {
	form := url.Values{}
	for _, m := range regexp.MustCompile(`<input (?:id="[^"]*"|type="hidden") name="([^"]*)"(?: type="[^"]*")? value="([^"]*)"`).FindAllStringSubmatch(a.text, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range regexp.MustCompile(`(?s)<select id="[^"]*" name="([^"]*)"[^>]*>.*?</select>`).FindAllStringSubmatch(a.text, -1) {
		form.Set(m[1], "")
		if chosen := regexp.MustCompile(`value="([^"]*)" selected`).FindStringSubmatch(m[0]); chosen != nil {
			form.Set(m[1], chosen[1])
		}
	}
	return form
}

// TestSavingWhatSomebodyElseChanged: the first Save is refused and tells what is
// true now, the second is a choice.
func TestSavingWhatSomebodyElseChanged(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	ctx := t.Context()
	u, g, d := h.user("Zoë", mailed), h.group("4A", nil), h.phone(h.user("Bram"), "iPad")
	for path, c := range map[string]struct {
		field, typed string
		change       func() error
		now          []string
		saved        func() []string
		want         []string
	}{
		"/users/" + u.ID: {
			field: "full_name", typed: "Zoë <Ünal>",
			change: func() error {
				_, err := h.store.UpdateUser(ctx, setup, u.ID, nil, func(u people.User) (people.User, error) {
					u.ExternalID, u.Language, u.Email = "77", "en", ""
					return u, nil
				})
				return err
			},
			now: []string{"Nu: Zoë", "Nu: 77", "Nu: Engels", "Nu: leeg"},
			saved: func() []string {
				now, err := h.store.User(ctx, u.ID)
				require.NoError(t, err)
				return []string{now.FullName, now.Email, now.ExternalID}
			},
			want: []string{"Zoë <Ünal>", "somebody@example.org", ""},
		},
		"/groups/" + g.ID: {
			field: "name", typed: "4B",
			change: func() error {
				_, err := h.store.UpdateGroup(ctx, setup, g.ID, nil, func(g people.Group) (people.Group, error) {
					g.Name = "4C"
					return g, nil
				})
				return err
			},
			now: []string{"Nu: 4C"},
			saved: func() []string {
				now, err := h.store.Group(ctx, g.ID)
				require.NoError(t, err)
				return []string{now.Name}
			},
			want: []string{"4B"},
		},
		"/devices/" + d.ID: {
			field: "serial_number", typed: "C02ABC",
			change: func() error {
				_, err := h.store.UpdateDevice(ctx, setup, d.ID, nil, func(d people.Device) (people.Device, error) {
					d.Platform = people.MacOS
					return d, nil
				})
				return err
			},
			now: []string{"Nu: Mac", "Nu: leeg"},
			saved: func() []string {
				now, err := h.store.Device(ctx, d.ID)
				require.NoError(t, err)
				return []string{now.SerialNumber, string(now.Platform)}
			},
			want: []string{"C02ABC", "ipados"},
		},
	} {
		mine := h.get(path + "/edit").filled()
		require.NoError(t, c.change())
		mine.Set(c.field, c.typed)
		late := h.post(path+"/edit", mine)
		require.Equal(t, http.StatusUnprocessableEntity, late.status, path)
		require.Contains(t, late.words(), "Iemand anders heeft dit intussen gewijzigd.")
		for _, now := range c.now {
			require.Contains(t, late.words(), now, path)
		}
		require.Contains(t, late.text, `aria-describedby=" `+c.field+`-now`)
		again := late.filled()
		require.Equal(t, c.typed, again.Get(c.field), "what was typed is kept")
		require.Equal(t, http.StatusSeeOther, h.post(path+"/edit", again).status, path)
		require.Equal(t, c.want, c.saved(), path)
	}
}

// TestOvertakenByADirectory: what is decided there is as it is, so that the rest
// can be saved.
func TestOvertakenByADirectory(t *testing.T) {
	h := newHouse(t)
	b := h.bound("School")
	id := b.brings("Zoë")[0]
	mine := h.get("/users/" + id + "/edit").filled()
	mine.Set("external_id", "7")
	mine.Set("full_name", "as it was long ago")
	mine.Set("version", "0")
	late := h.post("/users/"+id+"/edit", mine)
	require.Equal(t, http.StatusUnprocessableEntity, late.status)
	require.Equal(t, "Zoë", late.filled().Get("full_name"))
	require.Equal(t, http.StatusSeeOther, h.post("/users/"+id+"/edit", late.filled()).status)
}

func TestOvertakenDirectory(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	b := h.bound("School")
	mine := h.get(b.path() + "/edit").filled()
	mine.Set("people.filter", "(department=mine)")
	_, err := h.store.UpdateDirectory(t.Context(), setup, b.dir.ID, nil, nil, func(d people.Directory) (people.Directory, error) {
		d.SyncEvery, d.Groups.Filter, d.CA = 14400, "(cn=klas*)", ""
		return d, nil
	})
	require.NoError(t, err)
	late := h.post(b.path()+"/edit", mine)
	require.Equal(t, http.StatusUnprocessableEntity, late.status)
	for _, now := range []string{"Nu: (cn=klas*)", "Nu: leeg", "Nu: elke 4 uur"} {
		require.Contains(t, late.words(), now)
	}
	require.Equal(t, 3, strings.Count(late.words(), "Nu:"), "what is the same is not said")
	require.Equal(t, http.StatusSeeOther, h.post(b.path()+"/edit", late.filled()).status)
	now, err := h.store.Directory(t.Context(), b.dir.ID)
	require.NoError(t, err)
	require.Equal(t, "(department=mine)", now.People.Filter)
}
