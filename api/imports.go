package api

import (
	"context"

	"heraut/fault"
	"heraut/people"
)

// maxListedProblems is how many errors of an import one answer lists.
const maxListedProblems = 1000

// CreateImport answers POST /v1/imports. The frame has spooled the files.
func (h *handlers) CreateImport(ctx context.Context, _ CreateImportRequestObject) (CreateImportResponseObject, error) {
	files := uploadOf(ctx)
	options := people.RosterOptions{DryRun: files.on("dry_run"), RemoveMissing: files.on("remove_missing"), Force: files.on("force")}
	if len(files.files) == 0 {
		return nil, fault.Invalid(fault.Field{Pointer: "/roster", Message: "Give a zip as roster, or files such as students.csv."})
	}
	if options.RemoveMissing && !caller(ctx).Role.Includes(people.Admin) {
		return nil, fault.New(fault.Forbidden, "remove_missing deletes people and needs an API key with the role admin.")
	}
	job, err := h.createImport(ctx, files, options)
	if err != nil {
		return nil, err
	}
	return CreateImport202JSONResponse{
		Body: showImport(job, nil), Headers: CreateImport202ResponseHeaders{Location: "/v1/imports/" + job.ID},
	}, nil
}

func (h *handlers) createImport(ctx context.Context, files *upload, o people.RosterOptions) (people.Import, error) {
	if id, made := madeBefore(ctx, "import"); made {
		return h.d.Imports.Import(ctx, id) // its process died: the job says so
	}
	job, err := h.d.Imports.CreateImport(ctx, actor(ctx), o.DryRun)
	if err != nil {
		return job, err
	}
	files.taken = true
	h.d.Importer.StartImport(actor(ctx), job.ID, files.folder, o)
	return job, nil
}

// GetImport answers GET /v1/imports/{id}.
func (h *handlers) GetImport(ctx context.Context, r GetImportRequestObject) (GetImportResponseObject, error) {
	job, err := h.d.Imports.Import(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	problems, err := h.d.Imports.ListImportProblems(ctx, r.ID, people.Cursor{}, maxListedProblems)
	if err != nil {
		return nil, err
	}
	body := showImport(job, problems.Items)
	tag, err := etagOfContent(body)
	return GetImport200JSONResponse{Body: body, Headers: GetImport200ResponseHeaders{ETag: tag}}, err
}

func showImport(i people.Import, problems []people.ImportProblem) Import {
	report := valueOf(i.Report)
	return Import{
		ID: i.ID, State: importState(i.State), DryRun: i.DryRun, Progress: Progress{Done: i.Done, Total: i.Total},
		Counts: showReport(report), Errors: shown(problems, showProblem), ErrorCount: i.Errors,
		Detail: orNull[string](i.Failure), CreatedAt: i.CreatedAt.UTC(), FinishedAt: timeOrNull(i.FinishedAt),
	}
}

func importState(s people.ImportState) JobState {
	switch s {
	case people.ImportSucceeded:
		return JobStateDone
	case people.ImportFailed:
		return JobStateFailed
	}
	return JobStateRunning
}

func showReport(r people.RosterReport) ImportCounts {
	return ImportCounts{
		Users: showRows(r.Users), Groups: showRows(r.Groups), Devices: showRows(r.Devices), Removed: r.Removed,
		Missing: shown(r.Missing, func(m people.MissingUser) MissingUser {
			return MissingUser{ID: m.ID, ExternalID: m.ExternalID, FullName: m.FullName}
		}),
		Renamed: shown(r.Renamed, func(d people.RenamedDevice) RenamedDevice {
			return RenamedDevice{SerialNumber: d.SerialNumber, Name: d.Name, RosterName: d.RosterName}
		}),
		RenamedCount: r.RenamedCount,
	}
}

func showRows(c people.RosterCounts) RowCounts {
	return RowCounts{Created: c.Created, Updated: c.Updated, Unchanged: c.Unchanged, Missing: c.Missing}
}

func showProblem(p people.ImportProblem) ImportError {
	return ImportError{File: p.File, Line: p.Line, Column: p.Column, Message: p.Message, Severity: ImportErrorSeverity(p.Severity)}
}
