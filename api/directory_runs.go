package api

import (
	"context"

	"heraut/people"
)

// SyncDirectory answers POST /v1/directories/{id}/sync.
func (h *handlers) SyncDirectory(ctx context.Context, r SyncDirectoryRequestObject) (SyncDirectoryResponseObject, error) {
	run, err := h.beginRun(ctx, r)
	if err != nil {
		return nil, err
	}
	return SyncDirectory202JSONResponse{
		Body: showRun(run), Headers: SyncDirectory202ResponseHeaders{Location: runPath(run)},
	}, nil
}

func (h *handlers) beginRun(ctx context.Context, r SyncDirectoryRequestObject) (people.DirectoryRun, error) {
	if id, made := madeBefore(ctx, "directory_run"); made {
		h.directories.Begun(ctx, r.ID) // the first request may have been cut off before
		return h.d.Directories.Run(ctx, r.ID, id)
	}
	return h.directories.Sync(ctx, actor(ctx), r.ID, r.Body != nil && valueOf(r.Body.Full))
}

// ListDirectoryRuns answers GET /v1/directories/{id}/runs.
func (h *handlers) ListDirectoryRuns(ctx context.Context, r ListDirectoryRunsRequestObject) (ListDirectoryRunsResponseObject, error) {
	p, err := h.page("directory_runs", r.ID, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	if _, err := h.d.Directories.Directory(ctx, r.ID); err != nil {
		return nil, err
	}
	page, err := h.d.Directories.ListRuns(ctx, r.ID, p.after, p.limit)
	if err != nil {
		return nil, err
	}
	next, err := p.next(page.Next)
	return ListDirectoryRuns200JSONResponse{Items: shown(page.Items, showRun), NextCursor: next}, err
}

// GetDirectoryRun answers GET /v1/directories/{id}/runs/{run_id}.
func (h *handlers) GetDirectoryRun(ctx context.Context, r GetDirectoryRunRequestObject) (GetDirectoryRunResponseObject, error) {
	run, err := h.d.Directories.Run(ctx, r.ID, r.RunID)
	if err != nil {
		return nil, err
	}
	return GetDirectoryRun200JSONResponse(showRun(run)), nil
}

// ListDirectoryProblems answers GET /v1/directories/{id}/runs/{run_id}/problems.
func (h *handlers) ListDirectoryProblems(ctx context.Context, r ListDirectoryProblemsRequestObject) (ListDirectoryProblemsResponseObject, error) {
	p, err := h.page("directory_problems", r.RunID, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	if _, err := h.d.Directories.Run(ctx, r.ID, r.RunID); err != nil {
		return nil, err
	}
	page, err := h.d.Directories.ListRunProblems(ctx, r.RunID, p.after, p.limit)
	if err != nil {
		return nil, err
	}
	next, err := p.next(page.Next)
	return ListDirectoryProblems200JSONResponse{Items: shown(page.Items, showDirectoryProblem), NextCursor: next}, err
}

// ConfirmDirectoryRun answers POST /v1/directories/{id}/runs/{run_id}/confirm.
func (h *handlers) ConfirmDirectoryRun(ctx context.Context, r ConfirmDirectoryRunRequestObject) (ConfirmDirectoryRunResponseObject, error) {
	run, err := h.confirmRun(ctx, r)
	if err != nil {
		return nil, err
	}
	return ConfirmDirectoryRun202JSONResponse{
		Body: showRun(run), Headers: ConfirmDirectoryRun202ResponseHeaders{Location: runPath(run)},
	}, nil
}

func (h *handlers) confirmRun(ctx context.Context, r ConfirmDirectoryRunRequestObject) (people.DirectoryRun, error) {
	if _, made := madeBefore(ctx, "directory"); made {
		h.directories.Begun(ctx, r.ID) // as above
		return h.d.Directories.Run(ctx, r.ID, r.RunID)
	}
	return h.directories.Confirm(ctx, actor(ctx), r.ID, r.RunID)
}

func runPath(run people.DirectoryRun) string {
	return "/v1/directories/" + run.DirectoryID + "/runs/" + run.ID
}

func showRun(r people.DirectoryRun) DirectoryRun {
	counts := func(c people.DirectoryCounts) RunCounts {
		return RunCounts{Read: c.Read, Created: c.Created, Adopted: c.Adopted, Updated: c.Updated, Disabled: c.Disabled, Gone: c.Gone}
	}
	return DirectoryRun{
		ID: r.ID, DirectoryID: r.DirectoryID, State: RunState(r.State), Mode: RunMode(r.Mode), People: counts(r.Report.People), Groups: counts(r.Report.Groups),
		Members: RunMembers{Added: r.Report.Members.Added, Removed: r.Report.Members.Removed}, Refused: r.Report.Refused, Warnings: r.Report.Warnings,
		Takes: showTakes(r.Report.Takes), Kept: r.Report.Kept, Failure: orNull[string](r.Failure),
		CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), FinishedAt: timeOrNull(r.FinishedAt),
	}
}

func showTakes(t people.DirectoryTakes) RunTakes {
	return RunTakes{
		People: t.People, OfPeople: t.OfPeople, Groups: t.Groups, OfGroups: t.OfGroups, Members: t.Members, OfMembers: t.OfMembers,
	}
}

func showDirectoryProblem(p people.DirectoryProblem) DirectoryProblem {
	return DirectoryProblem{Severity: DirectorySeverity(p.Severity), Entry: orNull[string](p.Entry), Message: p.Message}
}
