package main

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"heraut/internal/config"
	"heraut/internal/secrets"
	"heraut/people"
	"heraut/workflows"
)

// idleEngine takes every workflow and runs none.
type idleEngine struct{ client.Client }

func (idleEngine) ExecuteWorkflow(context.Context, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	return nil, nil
}

func (idleEngine) SignalWorkflow(context.Context, string, string, string, any) error { return nil }

func (idleEngine) CheckHealth(context.Context, *client.CheckHealthRequest) (*client.CheckHealthResponse, error) {
	return &client.CheckHealthResponse{}, nil
}

func (idleEngine) ScheduleClient() client.ScheduleClient { return idleSchedules{} }

// idleSchedules take triggers, and nothing runs.
type idleSchedules struct{ client.ScheduleClient }

func (idleSchedules) GetHandle(context.Context, string) client.ScheduleHandle { return idleSchedule{} }

type idleSchedule struct{ client.ScheduleHandle }

func (idleSchedule) Trigger(context.Context, client.ScheduleTriggerOptions) error { return nil }

// withoutEngine gives parts an engine that takes everything and does nothing.
func withoutEngine(p *parts) {
	p.engine = &workflows.Client{Temporal: idleEngine{}}
	p.patient = patientEngine{p.engine, newErrands(p.log)}
}

// office is an API on a database of its own, without an engine behind it.
type office struct {
	*parts

	data  string
	flags []string // by which commands find it
}

func newOffice(t *testing.T) *office {
	t.Helper()
	data := migrated(t)
	key := filepath.Join(data, config.KeyFile)
	done(t, "admin", "create-key", "--data", data, "--name", "admin", "--role", "admin", "--file", key)
	s := serveFolder(t, data)
	return s
}

// serveFolder serves a data folder as `heraut serve` does, over HTTP only.
func serveFolder(t *testing.T, data string) *office {
	t.Helper()
	cmd := &cobra.Command{Use: "serve"}
	config.Bind(cmd, "serve")
	require.NoError(t, cmd.ParseFlags([]string{"--data", data, "--public-url", "http://127.0.0.1:8080"}))
	c, err := config.Load(cmd)
	require.NoError(t, err)
	p := newParts(c, slog.New(slog.DiscardHandler))
	p.keys, err = secrets.Load(c.SecretsPath())
	require.NoError(t, err)
	require.NoError(t, p.openStore(t.Context()))
	withoutEngine(p)
	h, err := p.handler("", t.TempDir())
	require.NoError(t, err)
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		server.Close()
		require.NoError(t, p.close(context.WithoutCancel(t.Context())))
	})
	return &office{parts: p, data: data, flags: []string{"--data", data, "--server", server.URL}}
}

// args adds the flags by which a command finds the office.
func (s *office) args(line string) []string { return append(strings.Fields(line), s.flags...) }

// roster is a folder of files by their names.
func writeRoster(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
	}
	return folder
}

const (
	studentsCSV = "person_id,person_number,first_name,middle_name,last_name,grade_level,email_address,sis_username,password_policy,location_id\n" +
		"anna,,Anna,,de Vries,4,anna@example.org,,,main\n" +
		"bram,,Bram,,Bakker,4,bram@example.org,,,main\n" +
		"cato,,Cato,,Visser,4,,,,main\n"
	classesCSV = "class_id,class_number,course_id,instructor_id,location_id\n4A,4A,nl,tess,main\n"
)

// plainRoster is a class of three, one of them without an address.
func plainRoster() map[string]string {
	return map[string]string{
		"locations.csv": "location_id,location_name\nmain,Main building\n",
		"students.csv":  studentsCSV,
		"staff.csv": "person_id,person_number,first_name,middle_name,last_name,email_address,sis_username,location_id\n" +
			"tess,,Tess,,Smit,tess@example.org,,main\n",
		"courses.csv": "course_id,course_number,course_name,location_id\nnl,nl,Nederlands,main\n",
		"classes.csv": classesCSV,
		"rosters.csv": "roster_id,class_id,student_id\n1,4A,anna\n2,4A,bram\n3,4A,cato\n",
		"devices.csv": "serial_number,name,platform,person_id,udid\nSN1,iPad van Anna,ipados,anna,\nSN2,Mac van Bram,macos,bram,\n",
	}
}

// filled is an office with class 4A, whose services are on.
func filled(t *testing.T) *office {
	t.Helper()
	s := newOffice(t)
	done(t, append([]string{"import", "roster", writeRoster(t, plainRoster())}, s.flags...)...)
	for g, err := range all(t.Context(), func(ctx context.Context, after people.Cursor, limit int) (people.Page[people.Group], error) {
		return s.store.ListGroups(ctx, people.GroupFilter{}, after, limit)
	}) {
		require.NoError(t, err)
		_, err = s.store.UpdateGroup(t.Context(), people.System("test"), g.ID, nil, func(g people.Group) (people.Group, error) {
			g.ManagedDistribution = true
			return g, nil
		})
		require.NoError(t, err)
	}
	return s
}
