package bench

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"github.com/oapi-codegen/nullable"

	"heraut/api/client"
	"heraut/simulator/slapd"
)

// measureDirectory takes people and groups over from a real OpenLDAP server,
// and reads it again when nothing has changed.
func measureDirectory(ctx context.Context, r *run) error {
	ldap, err := r.slapd(ctx)
	if err != nil {
		return err
	}
	for _, d := range r.databases() {
		if err := r.directoryOn(ctx, d, ldap); err != nil {
			return fmt.Errorf("on %s: %w", d.name, err)
		}
	}
	return nil
}

// slapd starts an OpenLDAP server with a school.
func (r *run) slapd(ctx context.Context) (*slapd.Server, error) {
	dir, err := r.folder("slapd")
	if err != nil {
		return nil, err
	}
	r.say("filling a directory with %d people", r.Size.People)
	s, err := slapd.Prepare(dir, slapd.Options{}, func(w io.Writer) error { return slapd.WriteSchool(w, r.Size.People) })
	if err != nil {
		return nil, fmt.Errorf("preparing a directory: %w", err)
	}
	path, args, err := s.Command()
	if err != nil {
		return nil, fmt.Errorf("preparing a directory: %w", err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), path, args...) //nolint:gosec // a server of our own
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting a directory: %w", err)
	}
	r.onClose(func() error {
		_ = cmd.Process.Kill() // what is left of it is thrown away
		_ = cmd.Wait()         // it was killed
		return nil
	})
	return s, awaitListener(ctx, s.SecurePort)
}

// awaitListener returns when somebody listens at a port of this machine.
func awaitListener(ctx context.Context, port int) error {
	within, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		conn, err := new(net.Dialer).DialContext(within, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			return conn.Close()
		}
		if err := pause(within, readyPause); err != nil {
			return fmt.Errorf("waiting for port %d: %w", port, err)
		}
	}
}

func (r *run) directoryOn(ctx context.Context, d database, ldap *slapd.Server) error {
	s, err := r.serveOn(ctx, d)
	if err != nil {
		return err
	}
	id, err := s.bindDirectory(ctx, ldap)
	if err != nil {
		return err
	}
	for _, time := range []string{"first", "again, unchanged"} {
		r.say("reading the directory on %s, %s", d.name, time)
		if err := r.readOnce(ctx, s, id, time, d.name); err != nil {
			return err
		}
	}
	return s.stop()
}

func (s *server) bindDirectory(ctx context.Context, ldap *slapd.Server) (id string, err error) {
	port, password := int32(ldap.SecurePort), slapd.Password
	got, err := s.api.CreateDirectoryWithResponse(ctx, nil, client.DirectoryCreate{
		Name: "School", Host: "localhost", Port: &port, BindDn: slapd.Reader, Password: &password, BaseDn: slapd.Suffix,
		Ca: nullable.NewNullableWithValue(ldap.CA),
	})
	if _, err := want(http.StatusCreated, got, err); err != nil {
		return "", fmt.Errorf("binding a directory: %w", err)
	}
	return got.JSON201.ID, nil
}

// readOnce reads everything once, and notes time, processor time and memory.
func (r *run) readOnce(ctx context.Context, s *server, id, name, database string) error {
	before, err := cpuTime(s.pid())
	if err != nil {
		return err
	}
	memory := watchMemory(ctx, s.pid())
	begun := time.Now()
	run, err := s.readDirectory(ctx, id)
	took := time.Since(begun)
	most, watched := memory.end()
	if err != nil {
		return err
	}
	if watched != nil {
		return watched
	}
	after, err := cpuTime(s.pid())
	if err != nil {
		return err
	}
	if run.People.Read != r.Size.People || run.Refused > 0 {
		return fmt.Errorf("%d of %d people were read, %d refused", run.People.Read, r.Size.People, run.Refused)
	}
	note := fmt.Sprintf("%d people in %d groups, of which %d and %d were written, with %d memberships; %s s of processor time, the directory's own apart",
		run.People.Read, run.Groups.Read, run.People.Created+run.People.Updated, run.Groups.Created+run.Groups.Updated, run.Members.Added,
		significant((after - before).Seconds()))
	r.atMost(60, name+" ("+database+")", took.Seconds(), "s", note)
	r.figure("memory at most, "+name+" ("+database+")", megabytes(most), "MB", "")
	return nil
}

func (s *server) readDirectory(ctx context.Context, id string) (client.DirectoryRun, error) {
	full := true
	begun, err := s.api.SyncDirectoryWithResponse(ctx, id, nil, client.DirectorySync{Full: &full})
	if _, err := want(http.StatusAccepted, begun, err); err != nil {
		return client.DirectoryRun{}, fmt.Errorf("reading a directory: %w", err)
	}
	run := *begun.JSON202
	for run.State == client.RunRunning {
		if err := pause(ctx, jobPause); err != nil {
			return run, err
		}
		got, err := s.api.GetDirectoryRunWithResponse(ctx, id, run.ID)
		if _, err := want(http.StatusOK, got, err); err != nil {
			return run, fmt.Errorf("following a run: %w", err)
		}
		run = *got.JSON200
	}
	if run.State != client.RunSucceeded {
		reason, _ := run.Failure.Get() // null is no reason
		return run, fmt.Errorf("reading a directory ended as %s: %s", run.State, reason)
	}
	return run, nil
}
