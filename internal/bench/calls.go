package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/oapi-codegen/nullable"

	"heraut/api/client"
)

// answer is what every call of the generated client returns.
type answer interface {
	StatusCode() int
	GetBody() []byte
}

// want turns any answer but the wanted one into an error.
func want[A answer](status int, got A, err error) (A, error) {
	if err == nil && got.StatusCode() != status {
		err = fmt.Errorf("the API answered %d: %s", got.StatusCode(), bytes.TrimSpace(got.GetBody()))
	}
	return got, err
}

// mailTo lets mail leave through a relay on this machine.
func (s *server) mailTo(ctx context.Context, port int) error {
	tls := client.TLSMode("none")
	got, err := s.api.PutMailSettingsWithResponse(ctx, nil, client.MailSettingsPut{
		From: nullable.NewNullableWithValue("invitations@heraut.example"), Mode: "relay",
		Relay: nullable.NewNullableWithValue(client.RelayPut{Host: "127.0.0.1", Port: &port, TLS: &tls}),
	})
	if _, err := want(http.StatusOK, got, err); err != nil {
		return fmt.Errorf("setting up mail: %w", err)
	}
	return nil
}

// jobPause is how often a job is asked about.
const jobPause = 50 * time.Millisecond

// importRoster uploads the files of a folder and waits until they are imported.
func (s *server) importRoster(ctx context.Context, dir string) (client.Import, error) {
	body, kind := upload(dir)
	started, err := s.api.CreateImportWithBodyWithResponse(ctx, nil, kind, body)
	if _, err := want(http.StatusAccepted, started, err); err != nil {
		return client.Import{}, fmt.Errorf("importing: %w", err)
	}
	job := *started.JSON202
	for job.State != client.JobStateDone {
		if job.State == client.JobStateFailed {
			return job, fmt.Errorf("importing: %s", job.Detail.MustGet())
		}
		if err := pause(ctx, jobPause); err != nil {
			return job, err
		}
		got, err := s.api.GetImportWithResponse(ctx, job.ID)
		if _, err := want(http.StatusOK, got, err); err != nil {
			return job, fmt.Errorf("following an import: %w", err)
		}
		job = *got.JSON200
	}
	return job, nil
}

// upload streams the files of a folder as a form.
func upload(dir string) (body io.Reader, kind string) {
	out, in := io.Pipe()
	form := multipart.NewWriter(in)
	go func() {
		err := writeForm(form, dir)
		if err == nil {
			err = form.Close()
		}
		_ = in.CloseWithError(err) // always nil
	}()
	return out, form.FormDataContentType()
}

func writeForm(form *multipart.Writer, dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil {
		return err
	}
	for _, name := range names {
		part, err := form.CreateFormFile(filepath.Base(name), filepath.Base(name))
		if err != nil {
			return err
		}
		if err := copyFile(part, name); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(to io.Writer, name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	_, err = io.Copy(to, file)
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// longestPage is the longest page of a list.
const longestPage = int32(500)

// addressees lists n users who have an address.
func (s *server) addressees(ctx context.Context, n int) ([]string, error) {
	limit := longestPage
	params := client.ListUsersParams{Limit: &limit}
	var ids []string
	for {
		page, err := s.api.ListUsersWithResponse(ctx, &params)
		if _, err := want(http.StatusOK, page, err); err != nil {
			return nil, fmt.Errorf("listing users: %w", err)
		}
		for _, u := range page.JSON200.Items {
			if !u.Email.IsNull() {
				ids = append(ids, u.ID)
			}
		}
		if len(ids) >= n {
			return ids[:n], nil
		}
		if page.JSON200.NextCursor.IsNull() {
			return nil, fmt.Errorf("there are %d users with an address, not %d", len(ids), n)
		}
		params.Cursor = new(page.JSON200.NextCursor.MustGet())
	}
}

// makeGroup makes a group whose members are offered managed distribution.
func (s *server) makeGroup(ctx context.Context, name string, members client.GroupMembers) (string, error) {
	made, err := s.api.CreateGroupWithResponse(ctx, nil, client.GroupCreate{Name: name, ManagedDistribution: new(true)})
	if _, err := want(http.StatusCreated, made, err); err != nil {
		return "", fmt.Errorf("making a group: %w", err)
	}
	id := made.JSON201.ID
	filled, err := s.api.ReplaceGroupMembersWithResponse(ctx, id, nil, members)
	if _, err := want(http.StatusOK, filled, err); err != nil {
		return "", fmt.Errorf("filling a group: %w", err)
	}
	return id, nil
}

// plan plans by mail for a group.
func (s *server) plan(ctx context.Context, group string) (client.Plan, error) {
	policy := client.ChannelPolicy("mail")
	got, err := s.api.CreatePlanWithResponse(ctx, nil, client.PlanCreate{GroupID: &group, Channel: &policy})
	if _, err := want(http.StatusCreated, got, err); err != nil {
		return client.Plan{}, fmt.Errorf("planning: %w", err)
	}
	return *got.JSON201, nil
}

// send confirms a plan.
func (s *server) send(ctx context.Context, p client.Plan) (client.Send, error) {
	got, err := s.api.SendPlanWithResponse(ctx, p.ID, nil, client.PlanSend{Digest: p.Digest})
	if _, err := want(http.StatusAccepted, got, err); err != nil {
		return client.Send{}, fmt.Errorf("sending: %w", err)
	}
	return *got.JSON202, nil
}

// counts tells how a send's invitations stand.
func (s *server) counts(ctx context.Context, id string) (client.InvitationCounts, error) {
	got, err := s.api.GetSendWithResponse(ctx, id)
	if _, err := want(http.StatusOK, got, err); err != nil {
		return client.InvitationCounts{}, fmt.Errorf("reading a send: %w", err)
	}
	return got.JSON200.Counts, nil
}
