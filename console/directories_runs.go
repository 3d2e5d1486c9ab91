package console

import (
	"net/http"

	"heraut/console/page"
	"heraut/fault"
	"heraut/people"
)

// runPage is the page of one run.
type runPage struct {
	runLine

	Directory people.Directory
	// Who asked for it, in words.
	Who      string
	Finished page.Moment
	Rows     []runRow
	Problems []people.DirectoryProblem
	// Cut: there were more problems than are kept of a run.
	Cut   bool
	Steps steps
}

// runRow is what a run did with one kind.
type runRow struct {
	Kind string
	people.DirectoryCounts
}

// syncDirectory has a directory read now; all of it where that was asked for.
func (v *visit) syncDirectory() error {
	f, err := v.submitted("full")
	if err != nil {
		return err
	}
	run, err := v.Directories.Sync(v.ctx(), v.actor(), v.id(), f.Values["full"] == "on")
	if err != nil {
		return err
	}
	return v.lead(runPath(run))
}

func runPath(r people.DirectoryRun) string {
	return "/settings/directories/" + r.DirectoryID + "/runs/" + r.ID
}

// directoryRun shows how far a run is, and what came of it.
func (v *visit) directoryRun() error {
	p, err := v.run()
	if err != nil {
		return err
	}
	running := p.State == people.RunRunning
	switch {
	case running && v.live():
		return v.part("directories/run", "run progress", p)
	case v.live(): // it has ended: load the whole page
		v.counts.forget()
		return v.lead(runPath(p.DirectoryRun))
	case running:
		return v.showSettings(http.StatusOK, "directories/run", "directories", p)
	}
	at, err := v.placeAt("from")
	if err != nil {
		return err
	}
	problems, err := v.Store.ListRunProblems(v.ctx(), p.ID, at, runsLimit)
	if err != nil {
		return err
	}
	p.Problems, p.Steps = problems.Items, v.stepsOf("from", problems.Next)
	p.Cut = p.Report.Refused+p.Report.Warnings > people.KeptProblems
	return v.showSettings(http.StatusOK, "directories/run", "directories", p)
}

func (v *visit) run() (runPage, error) {
	d, err := v.Store.Directory(v.ctx(), v.id())
	if err != nil {
		return runPage{}, err
	}
	r, err := v.Store.Run(v.ctx(), d.ID, v.c.Param("run"))
	if err != nil {
		return runPage{}, err
	}
	return runPage{
		runLine: v.runLine(r), Directory: d, Who: v.who(r.AskedBy), Finished: v.clock.At(r.FinishedAt),
		Rows: []runRow{{"users", r.Report.People}, {"groups", r.Report.Groups}},
	}, nil
}

// askConfirmRun shows what a held run would take away.
func (v *visit) askConfirmRun() error {
	p, err := v.run()
	if err != nil {
		return err
	}
	if p.State != people.RunHeld {
		return fault.New(fault.Conflict, "This run does not wait for anybody's word.")
	}
	return v.showSettings(http.StatusOK, "directories/confirm", "directories", p)
}

// confirmRun gives the word. The run goes on by reading everything again.
func (v *visit) confirmRun() error {
	run, err := v.Directories.Confirm(v.ctx(), v.actor(), v.id(), v.c.Param("run"))
	if err != nil {
		return err
	}
	return v.lead(runPath(run))
}
