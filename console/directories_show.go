package console

import (
	"net/http"

	"heraut/people"
	"heraut/settings"
)

// directoryPage is the page of one directory.
type directoryPage struct {
	directoryStanding

	// Every is how often it is read, in words.
	Every string
	Runs  []runLine
	Steps steps
}

func (v *visit) directory() error {
	standing, err := v.standing(v.id())
	if err != nil {
		return err
	}
	at, err := v.placeAt("runs")
	if err != nil {
		return err
	}
	runs, err := v.Store.ListRuns(v.ctx(), standing.ID, at, runsLimit)
	if err != nil {
		return err
	}
	p := directoryPage{directoryStanding: standing, Every: v.every(standing.SyncEvery), Steps: v.stepsOf("runs", runs.Next)}
	p.Runs = make([]runLine, len(runs.Items))
	for i, r := range runs.Items {
		p.Runs[i] = v.runLine(r)
	}
	if v.live() && v.target() == "standing" {
		if standing.Latest.State != people.RunRunning { // it has ended: load the whole page
			return v.lead("/settings/directories/" + standing.ID)
		}
		return v.part("directories/show", "standing", p)
	}
	return v.showSettings(http.StatusOK, "directories/show", "directories", p)
}

// every says a number of seconds in its largest whole unit.
func (v *visit) every(seconds int) string {
	switch {
	case seconds%86400 == 0:
		return v.t("directories.every.days", "n", seconds/86400)
	case seconds%3600 == 0:
		return v.t("directories.every.hours", "n", seconds/3600)
	}
	return v.t("directories.every.minutes", "n", seconds/60)
}

// switchReading has a directory read by itself, or only when asked for.
func (v *visit) switchReading() error {
	f, err := v.submitted("on")
	if err != nil {
		return err
	}
	d, err := v.Directories.Change(v.ctx(), v.actor(), v.id(), nil, nil, func(d people.Directory) people.Directory {
		d.Paused = f.Values["on"] != "on"
		return d
	})
	if err != nil {
		return err
	}
	return v.done("/settings/directories/"+d.ID, "saved", 0)
}

// triedDirectory is what came of trying a directory.
type triedDirectory struct {
	people.Directory

	Tried []triedStep
	// Works: every step went well.
	Works bool
}

// triedStep is one step of a test in words.
type triedStep struct {
	OK           bool
	Name, Detail string
}

// testDirectory tries the way to a directory and names the step that fails.
func (v *visit) testDirectory() error {
	d, err := v.Store.Directory(v.ctx(), v.id())
	if err != nil {
		return err
	}
	steps, err := v.Directories.Test(v.ctx(), d.ID)
	if err != nil {
		return err
	}
	p := triedDirectory{Directory: d, Works: true}
	for _, s := range steps {
		p.Tried = append(p.Tried, v.triedStep(s))
		p.Works = p.Works && s.OK
	}
	return v.showSettings(http.StatusOK, "directories/test", "directories", p)
}

func (v *visit) triedStep(s settings.Check) triedStep {
	step := triedStep{OK: s.OK, Name: v.t("directories.step." + s.Name), Detail: v.words.Fault(s.Detail)}
	for _, prefix := range []string{"directories.kind.", "directories.security."} {
		if s.OK && v.words.Has(prefix+s.Detail) {
			step.Detail = v.t(prefix + s.Detail)
		}
	}
	return step
}

// directoryPreview is what a first run would take over.
type directoryPreview struct {
	people.Directory

	Found people.DirectoryPreview
}

func (v *visit) previewDirectory() error {
	d, err := v.Store.Directory(v.ctx(), v.id())
	if err != nil {
		return err
	}
	found, err := v.Directories.Preview(v.ctx(), d.ID)
	if err != nil {
		return err
	}
	return v.showSettings(http.StatusOK, "directories/preview", "directories", directoryPreview{d, found})
}

// directoryEnd is what the end of a binding leaves.
type directoryEnd struct{ directoryStanding }

func (v *visit) askDeleteDirectory() error {
	standing, err := v.standing(v.id())
	if err != nil {
		return err
	}
	return v.showSettings(http.StatusOK, "directories/delete", "directories", directoryEnd{standing})
}

func (v *visit) deleteDirectory() error {
	if err := v.Store.DeleteDirectory(v.ctx(), v.actor(), v.id(), nil); err != nil {
		return err
	}
	return v.done("/settings/directories", "directory_deleted", 0)
}
