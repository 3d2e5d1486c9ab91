package person_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/simulator/person"
)

func accepts(id string) person.Person {
	return person.Person{
		ID: id, Email: id + "@School.example", Tokens: []string{"aa" + id, "bb" + id},
		Plan: person.Plan{Intent: person.Accept, After: time.Second},
	}
}

func TestPersonAnswersAsABrowserDoes(t *testing.T) {
	p := newPages(t)
	c := newCrowd(t, accepts("1"))
	c.Mail("1@school.EXAMPLE", []string{p.URL + "/i/1.a", p.URL + "/i/1.a/stop"})
	p.requireAnswer(t, "1", "accept nl")
	head := p.lastPost()
	require.Equal(t, "null", head.Get("Origin"), "the page says no-referrer")
	require.Equal(t, "same-origin", head.Get("Sec-Fetch-Site"))
	require.Empty(t, head.Get("Referer"))
}

func TestPersonAnswersOnceHoweverManyMessages(t *testing.T) {
	p := newPages(t)
	c := newCrowd(t, accepts("1"), accepts("2"))
	for range 3 {
		c.Push("AA1", p.URL+"/i/1.a")
		c.Push("bb1", p.URL+"/i/1.b")
		c.Mail("1@school.example", []string{p.URL + "/i/1.c"})
	}
	p.requireAnswer(t, "1", "accept nl")
	c.Push("aa2", p.URL+"/i/2.a")
	p.requireAnswer(t, "2", "accept nl")
	require.Len(t, p.answersOf("1"), 1)
}

func TestPeopleDeclineAndIgnore(t *testing.T) {
	p := newPages(t)
	no, nothing := accepts("1"), accepts("2")
	no.Plan.Intent, nothing.Plan.Intent = person.Decline, person.Ignore
	c := newCrowd(t, no, nothing, accepts("3"))
	c.Push("aa2", p.URL+"/i/2.a")
	c.Push("ff", p.URL+"/i/9.a")
	c.Push("aa3", "")
	c.Mail("3@school.example", nil)
	c.Push("aa1", p.URL+"/i/1.a")
	p.requireAnswer(t, "1", "decline nl")
	require.Zero(t, p.visits("2.a"))
	require.Zero(t, p.visits("9.a"), "a stranger")
}

func TestSomeWaitForTheReminder(t *testing.T) {
	p := newPages(t)
	late := accepts("1")
	late.Plan.Notice = 2
	c := newCrowd(t, late, accepts("2"))
	c.Push("aa1", p.URL+"/i/1.a")
	c.Push("aa2", p.URL+"/i/2.a")
	p.requireAnswer(t, "2", "accept nl")
	require.Zero(t, p.visits("1.a"))
	c.Mail("1@school.example", []string{p.URL + "/i/1.a"})
	p.requireAnswer(t, "1", "accept nl")
}

func TestPersonTriesAgainWhileTheServerIsAway(t *testing.T) {
	p := newPages(t)
	p.closeFor(3)
	c := newCrowd(t, accepts("1"))
	c.Push("aa1", p.URL+"/i/1.a")
	p.requireAnswer(t, "1", "accept nl")
}

func TestPersonLeavesAPageThatIsNotThere(t *testing.T) {
	p := newPages(t)
	c := newCrowd(t, accepts("1"))
	c.Push("aa1", p.URL+"/i/unknown")
	require.Eventually(t, func() bool { return p.visits("unknown") == 1 }, patient, interval)
	c.Push("aa1", p.URL+"/i/1.a")
	p.requireAnswer(t, "1", "accept nl")
	require.Equal(t, 1, p.visits("unknown"))
}

func TestStrangersReactWhenAsked(t *testing.T) {
	p := newPages(t)
	c := wakeUp(t, person.Options{Stranger: func(id string) person.Person {
		return person.Person{ID: id, Plan: person.Plan{Intent: person.Accept}}
	}})
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	c.Mail("Who@ever.example", []string{p.URL + "/i/9.a"})
	p.requireAnswer(t, "9", "accept nl")
}

func TestDiaryOutlivesTheProcess(t *testing.T) {
	p := newPages(t)
	diary := filepath.Join(t.TempDir(), "diary")
	slow := accepts("1")
	slow.Plan.After = 24 * time.Hour
	o := person.Options{People: []person.Person{slow, accepts("2")}, Diary: diary}
	first := wakeUp(t, o)
	first.Push("aa1", p.URL+"/i/1.a")
	first.Push("aa2", p.URL+"/i/2.a")
	p.requireAnswer(t, "2", "accept nl")
	require.NoError(t, first.Close())
	require.Empty(t, p.answersOf("1"))
	first.Push("aa1", p.URL+"/i/1.a") // after the end: nobody minds

	content, err := os.ReadFile(diary)
	require.NoError(t, err)
	require.Contains(t, string(content), "/i/1.a")
	// A kill leaves a line without its end; the rest counts. The day is over.
	now := `{"person":"1","link":"` + p.URL + `/i/1.a","notices":1,"due":"2020-01-01T00:00:00Z"}` + "\n"
	require.NoError(t, os.WriteFile(diary, []byte(string(content)+now+`{"person":"1","li`), 0o600))

	o.Pace = 0
	second, err := person.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, second.Close()) })
	p.requireAnswer(t, "1", "accept nl")
	require.Len(t, p.answersOf("2"), 1, "who has answered is done")
}

func TestDiaryThatCanNotBeKept(t *testing.T) {
	_, err := person.New(person.Options{Diary: filepath.Join(t.TempDir(), "none", "diary")})
	require.Error(t, err)
	_, err = person.New(person.Options{Diary: t.TempDir()})
	require.Error(t, err)
}
