package console_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit/browsertest"
	"heraut/people"
)

// TestDeviceIsAssignedByDragging drags a device from the page of who has it to
// somebody in the list beside it.
func TestDeviceIsAssignedByDragging(t *testing.T) {
	h := newHouse(t)
	zoe, bram := h.user("Zoë"), h.user("Bram")
	device := h.device("iPad", zoe)
	page := h.browser(browsertest.Options{Language: "nl"})
	page.Go(h.url + "/users/" + zoe.ID + "/info")
	page.Drag(`main [data-drag="`+device.ID+`"]`, `.list [data-drop="/users/`+bram.ID+`/devices"]`)
	page.See("Zoë heeft het apparaat dan niet meer.")
	page.Accessible()
	page.Enter("button Koppel aan gebruiker")
	now, err := h.store.Device(t.Context(), device.ID)
	require.NoError(t, err)
	require.Equal(t, bram.ID, now.UserID)
}

// TestFilesAreDropped drops a roster's files on their box.
func TestFilesAreDropped(t *testing.T) {
	h, _ := importHouse(t, nil)
	folder := t.TempDir()
	var paths []string
	for name, text := range schoolFiles(t) {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		paths = append(paths, path)
	}
	page := h.browser(browsertest.Options{Language: "nl"})
	page.Go(h.url + "/imports/new")
	page.DropFiles("[data-files]", paths...)
	page.Until(`document.querySelector("#files").files.length === `+strconv.Itoa(len(paths)), "the field does not take the files")
	page.Enter("button Bekijk vooraf")
	page.See("Dit zou er veranderen")
	users, err := h.store.ListUsers(t.Context(), people.UserFilter{}, people.Cursor{}, 10)
	require.NoError(t, err)
	require.Empty(t, users.Items, "looked at, not imported")
}
