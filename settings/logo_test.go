package settings

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLogoFile(t *testing.T) {
	require.Empty(t, Logo{}.File())
	require.Equal(t, "logo.0a1b.png", Logo{MediaType: "image/png", Fingerprint: "0a1b"}.File())
	require.Equal(t, "logo.0a1b.jpg", Logo{MediaType: "image/jpeg", Fingerprint: "0a1b"}.File())
}
