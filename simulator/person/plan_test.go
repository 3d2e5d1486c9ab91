package person

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEagerPeopleAcceptInTime(t *testing.T) {
	for i := range 500 {
		p := Eager().Plan(1, strconv.Itoa(i))
		require.Equal(t, Accept, p.Intent)
		require.Equal(t, 1, p.Notice)
		require.GreaterOrEqual(t, p.After, 5*time.Second)
		require.LessOrEqual(t, p.After, 90*time.Second)
	}
}

func TestUsualPeopleDiffer(t *testing.T) {
	count, late := map[Intent]int{}, 0
	for i := range 2000 {
		p := Usual().Plan(1, strconv.Itoa(i))
		count[p.Intent]++
		late += p.Notice - 1
		require.LessOrEqual(t, p.After, 3*time.Minute)
	}
	require.InDelta(t, 1200, count[Accept], 100)
	require.InDelta(t, 300, count[Decline], 100)
	require.InDelta(t, 500, count[Ignore], 100)
	require.InDelta(t, 400, late, 100)
}

func TestPlansRepeatWithTheSeed(t *testing.T) {
	require.Equal(t, Usual().Plan(7, "a"), Usual().Plan(7, "a")) //nolint:testifylint // twice the same is what it is about
	seen := map[Plan]bool{}
	for seed := range uint64(20) {
		seen[Usual().Plan(seed, "a")] = true
	}
	require.Greater(t, len(seen), 15)
	require.Equal(t, Plan{Intent: Ignore, Notice: 1, After: time.Second}, Temper{Least: time.Second, Most: time.Second}.Plan(1, "a"))
}
