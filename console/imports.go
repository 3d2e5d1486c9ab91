package console

import (
	"context"
	"net/http"

	"heraut/fault"
	"heraut/people"
)

var importsRoutes = []route{
	{get, "/imports/new", operator, (*visit).newImport},
	{post, "/imports", operator, (*visit).previewImport},
	{get, "/imports/:id", operator, (*visit).importJob},
	{post, "/imports/:id/apply", operator, (*visit).applyImport},
	{get, "/imports/:id/problems.csv", operator, (*visit).importProblems},
}

// importsStore keeps import jobs.
type importsStore interface {
	CreateImport(ctx context.Context, actor people.Actor, dryRun bool) (people.Import, error)
	Import(ctx context.Context, id string) (people.Import, error)
	ListImportProblems(ctx context.Context, id string, after people.Cursor, limit int) (people.Page[people.ImportProblem], error)
}

// Importer runs an import in the background. It owns the folder from then on
// and removes it at the end. The folder holds files named as those of a roster,
// or one zip of them, named roster.
type Importer interface {
	StartImport(actor people.Actor, importID, folder string, o people.RosterOptions)
}

// importPage is the page of an import, and of choosing files for one.
type importPage struct {
	Job people.Import
	// Percent is how much of it is done.
	Percent int
	Rows    []importRow
	// Kept: the files of the preview are there to be imported.
	Kept     bool
	Problems []people.ImportProblem
	Steps    steps
}

// importRow is what a roster changes of one kind.
type importRow struct {
	Kind string
	people.RosterCounts
}

func (v *visit) newImport() error {
	v.section = "users"
	return v.show(http.StatusOK, "imports/new", nil, nil)
}

// previewImport takes the files and looks what they would change.
func (v *visit) previewImport() error {
	files, err := v.receive()
	if err != nil {
		return err
	}
	job, err := v.Store.CreateImport(v.ctx(), v.actor(), true)
	if err != nil {
		files.discard(v)
		return err
	}
	folder, err := files.keep(job.ID)
	if err != nil {
		return err
	}
	v.Importer.StartImport(v.actor(), job.ID, folder, people.RosterOptions{DryRun: true})
	return v.lead("/imports/" + job.ID)
}

// importJob shows how far an import is, and what came of it.
func (v *visit) importJob() error {
	v.section = "users"
	job, err := v.Store.Import(v.ctx(), v.id())
	if err != nil {
		return err
	}
	p := importPage{Job: job}
	if job.Total > 0 {
		p.Percent = min(100*job.Done/job.Total, 100)
	}
	if job.State == people.ImportRunning {
		if v.live() {
			return v.part("imports/job", "import progress", p)
		}
		return v.show(http.StatusOK, "imports/job", nil, p)
	}
	if v.live() { // it has ended: load the whole page
		return v.lead("/imports/" + job.ID)
	}
	if err := v.readResult(&p); err != nil {
		return err
	}
	return v.show(http.StatusOK, "imports/job", nil, p)
}

func (v *visit) readResult(p *importPage) error {
	if r := p.Job.Report; r != nil {
		p.Rows = []importRow{{"users", r.Users}, {"groups", r.Groups}, {"devices", r.Devices}}
	}
	p.Kept = p.Job.DryRun && p.Job.State == people.ImportSucceeded && v.previewKept(p.Job.ID)
	at, err := v.placeAt("from")
	if err != nil {
		return err
	}
	problems, err := v.Store.ListImportProblems(v.ctx(), p.Job.ID, at, paneLimit)
	p.Problems, p.Steps = problems.Items, v.stepsOf("from", problems.Next)
	return err
}

// applyImport imports the files of a preview. Deleting those who are missing
// was confirmed with their number, and only an admin may.
func (v *visit) applyImport() error {
	f, err := v.submitted("remove_missing")
	if err != nil {
		return err
	}
	remove := f.Values["remove_missing"] == "on"
	if remove && !v.can(admin) {
		return fault.New(fault.Forbidden, "Your role does not allow this.")
	}
	preview, err := v.Store.Import(v.ctx(), v.id())
	if err != nil {
		return err
	}
	folder, err := v.takePreview(preview.ID)
	if err != nil {
		return err
	}
	job, err := v.Store.CreateImport(v.ctx(), v.actor(), false)
	if err != nil {
		v.giveBack(folder, preview.ID)
		return err
	}
	v.Importer.StartImport(v.actor(), job.ID, folder, people.RosterOptions{RemoveMissing: remove, Force: remove})
	v.counts.forget()
	return v.lead("/imports/" + job.ID)
}
