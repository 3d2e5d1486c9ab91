package bench

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChooseKeepsTheOrder(t *testing.T) {
	chosen, err := choose([]string{"rest", "import"})
	require.NoError(t, err)
	require.Len(t, chosen, 2)
	assert.Equal(t, "import", chosen[0].Name)
	assert.Equal(t, "rest", chosen[1].Name)

	all, err := choose(nil)
	require.NoError(t, err)
	assert.Len(t, all, len(Names()))
}

func TestSizesGrow(t *testing.T) {
	sizes := Sizes()
	for i := 1; i < len(sizes); i++ {
		assert.Greater(t, sizes[i].People, sizes[i-1].People)
		assert.Greater(t, sizes[i].Mails[0], sizes[i-1].Mails[0])
		assert.Greater(t, sizes[i].Invitations, sizes[i-1].Invitations)
	}
}

func TestDensest(t *testing.T) {
	at := func(ms ...int) []time.Time {
		var times []time.Time
		for _, n := range ms {
			times = append(times, time.UnixMilli(int64(n)))
		}
		return times
	}
	assert.Zero(t, densest(nil))
	assert.Equal(t, 2, densest(at(0, 999, 1000, 1999)))
	assert.Equal(t, 3, densest(at(0, 1500, 1600, 2499, 2500)))
}

func TestSignificant(t *testing.T) {
	for value, want := range map[float64]string{
		0: "0", 0.00123: "0.00123", 0.5: "0.500", 3.14159: "3.14", 31.4159: "31.4", 314.159: "314", 31415.9: "31416",
	} {
		assert.Equal(t, want, significant(value))
	}
}

func TestQuantile(t *testing.T) {
	var times []time.Duration
	for i := 100; i > 0; i-- {
		times = append(times, time.Duration(i)*time.Millisecond)
	}
	assert.InDelta(t, 50, quantile(times, 0.5), 0)
	assert.InDelta(t, 95, quantile(times, 0.95), 0)
	assert.InDelta(t, 7, quantile([]time.Duration{7 * time.Millisecond}, 0.5), 0)
	assert.Zero(t, quantile(nil, 0.5))
}

func TestGoals(t *testing.T) {
	r := &run{name: "mail"}
	r.atLeast(1000, "rate", 999, "1/s", "")
	r.atMost(1, "time", 1, "ms", "")
	r.figure("memory", 3, "MB", "")

	assert.False(t, *r.figures[0].Met)
	assert.Equal(t, ">= 1000", r.figures[0].Goal)
	assert.True(t, *r.figures[1].Met)
	assert.Nil(t, r.figures[2].Met)
}

func TestUsageOfThisProcess(t *testing.T) {
	before, err := cpuTime(os.Getpid())
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		for range 1_000_000 {
			_ = significant(0.5) // work
		}
		after, err := cpuTime(os.Getpid())
		return err == nil && after > before
	}, time.Minute, time.Millisecond)

	watch := watchMemory(t.Context(), os.Getpid())
	most, err := watch.end()
	require.NoError(t, err)
	assert.Greater(t, most, int64(1<<20))

	_, err = cpuTime(-1)
	require.Error(t, err)
	_, err = resident(-1)
	require.Error(t, err)
}

func TestLabelHidesIDs(t *testing.T) {
	const id = "018f3c7e-7a55-7e0e-9d6b-0a4cbb0d9b11"
	assert.Equal(t, "/v1/sends/x", label("/v1/sends/"+id, "no id"))
	assert.Equal(t, "/v1/invitations?group_id=x&state=sent", label("/v1/invitations?group_id="+id+"&state=sent", "no id"))
	assert.Equal(t, "/v1/groups/everyone", label("/v1/groups/"+id, id))
	assert.Equal(t, "/v1/users", label("/v1/users", "no id"))
}
