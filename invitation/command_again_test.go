package invitation

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTimeForAnAnswerDoubles(t *testing.T) {
	const day = 24 * time.Hour
	for generation, want := range map[int]time.Duration{
		-1: day, 0: day, 1: 2 * day, 2: 4 * day, 6: 64 * day, 7: 64 * day, 1_000_000: 64 * day,
	} {
		require.Equal(t, want, AnswerWithin(day, generation), "generation %d", generation)
	}
}

func TestReportHoldsNoAddress(t *testing.T) {
	r := Report{Words: "Ongeldig: HTTPS://buy.itunes.apple.com/x?inviteCode=0123456789abcdef&mt=8 (12)"}
	require.Equal(t, "Ongeldig: [address] (12)", r.Clean().Words)
}
