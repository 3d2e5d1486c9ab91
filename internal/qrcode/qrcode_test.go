package qrcode_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/qrcode"
)

func TestCodes(t *testing.T) {
	short, long := qrcode.Of("a"), qrcode.Of(strings.Repeat("https://heraut.example.org/", 5))
	require.Equal(t, 21+8, short.Size, "version 1, with the margin on both sides")
	require.Greater(t, long.Size, short.Size)
	// The finder pattern in the upper left corner begins with seven modules.
	require.True(t, strings.HasPrefix(short.Path, "M4 4h7v1h-7z"), short.Path)
	require.NotEqual(t, short.Path, qrcode.Of("b").Path)
	require.Zero(t, qrcode.Of(strings.Repeat("x", 5000)), "too long")
}
