package main

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"

	desk "heraut/office" // tests of this package have an office of their own
)

func TestMailsFindTheLogo(t *testing.T) {
	d := playDemo(t, t.TempDir())
	defer end(t, d)
	none, err := d.parts.settings.logoAddress(t.Context(), "https://heraut.example")
	require.NoError(t, err)
	require.Empty(t, none)

	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 2))))
	require.NoError(t, desk.Settings{Store: d.parts.store}.PutLogo(t.Context(), demoActor, picture.Bytes()))

	address, err := d.parts.settings.logoAddress(t.Context(), "https://heraut.example")
	require.NoError(t, err)
	require.Regexp(t, `^https://heraut\.example/i/assets/logo\.[0-9a-f]+\.png$`, address)
}
