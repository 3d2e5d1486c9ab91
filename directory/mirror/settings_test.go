package mirror_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/directory/mirror"
	"heraut/people"
	"heraut/simulator/slapd"
)

// meanwhile is a source during whose reading something else happens.
type meanwhile struct {
	mirror.Source

	happens func()
}

func (m meanwhile) Groups(ctx context.Context, found func([]people.DirectoryGroup) error) error {
	m.happens()
	return m.Source.Groups(ctx, found)
}

func TestSettingsThatChangeDuringARun(t *testing.T) {
	t.Parallel()
	c, server := bindSlapd(t, slapd.Options{}, school(40))
	c.good(true)
	server.Modify(t, change(slapd.PersonDN(3), "delete"))
	var once sync.Once
	c.source = func(s mirror.Source) mirror.Source {
		return meanwhile{s, func() {
			once.Do(func() { c.edit(func(d *people.Directory) { d.People.Filter = "(!(uid=u000007))" }) })
		}}
	}
	run := c.good(true)
	require.Equal(t, []int{0, 1}, []int{run.Report.Takes.People, run.Report.Warnings})
	require.Contains(t, c.problems(run)[0].Message, "settings were changed")
	require.Equal(t, 40, c.users(), "nobody is taken away by settings that no longer hold")
	cookie, err := c.store.DirectoryCookie(t.Context(), c.dir.ID)
	require.NoError(t, err)
	require.Empty(t, cookie)
	run = c.good(false)
	require.Equal(t, people.RunFull, run.Mode)
	require.Equal(t, 2, run.Report.People.Gone, "who has left, and who is filtered out now")
}
