package bench

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// filler writes years of invitations into a store whose process is stopped.
// What the API's lists read is as it would be; what they do not read, such as
// deliveries, is left out.
type filler struct {
	db       *sql.DB
	postgres bool
	size     Size
	say      func(format string, args ...any)

	users   []string
	devices map[string]string // one of each user
	// group is whom sends are to; empty: the first location.
	group string
}

// openForFilling opens a store's database.
func openForFilling(d database, file, address string) (*sql.DB, error) {
	driver, source := "postgres", address
	if d.url == "" {
		driver = "sqlite"
		path := (&url.URL{Path: file}).EscapedPath()
		source = "file:" + path + "?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=cache_size(-65536)"
	}
	db, err := sql.Open(driver, source) //nolint:forbidigo // a store writes invitations one page at a time
	if err != nil {
		return nil, errors.New("the database's address has an error")
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// fill writes one invitation for each user a month, until there are enough;
// those of the last month are open.
func (f *filler) fill(ctx context.Context) error {
	if f.postgres {
		if err := f.exec(ctx, "SET synchronous_commit = off"); err != nil {
			return err
		}
	}
	if err := f.people(ctx); err != nil {
		return err
	}
	months := max(1, f.size.Invitations/max(1, len(f.users)))
	for month := range months {
		f.say("writing invitations, month %d of %d", month+1, months)
		if err := f.month(ctx, time.Now().AddDate(0, month-months, 0), month == months-1); err != nil {
			return fmt.Errorf("writing invitations: %w", err)
		}
	}
	if err := f.history(ctx); err != nil {
		return err
	}
	if !f.postgres {
		return nil
	}
	_, err := f.db.ExecContext(ctx, "ANALYZE") // what autovacuum does sooner or later
	return err
}

func (f *filler) people(ctx context.Context) error {
	rows, err := f.db.QueryContext(ctx, "SELECT u.id, MIN(d.id) FROM users u JOIN devices d ON d.user_id = u.id GROUP BY u.id ORDER BY u.id")
	if err != nil {
		return fmt.Errorf("reading users: %w", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	f.devices = map[string]string{}
	for rows.Next() {
		var user, device string
		if err := rows.Scan(&user, &device); err != nil {
			return fmt.Errorf("reading users: %w", err)
		}
		f.users = append(f.users, user)
		f.devices[user] = device
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading users: %w", err)
	}
	if f.group != "" {
		return nil
	}
	if err := f.db.QueryRowContext(ctx, "SELECT MIN(id) FROM groups WHERE external_id LIKE 'location:%'").Scan(&f.group); err != nil {
		return fmt.Errorf("reading a group: %w", err)
	}
	return nil
}

// month writes a send to all users.
func (f *filler) month(ctx context.Context, at time.Time, open bool) error {
	send, err := f.send(ctx, at, open)
	if err != nil {
		return err
	}
	invitations := f.into(ctx, "invitations",
		"id, user_id, device_id, channel, state, send_id, occasion, link_hash, attempts, waiting_for, last_answer, taken_at, sent_at, expires_at, created_at, settled_at, source")
	links := f.into(ctx, "send_invitations", "send_id, invitation_id")
	counts := map[string]int{}
	for i, user := range f.users {
		id, hash := newID(), make([]byte, 32)
		_, _ = rand.Read(hash) // never fails
		sent := at.Add(time.Duration(i) * time.Millisecond)
		state, settled := outcome(i, sent, open)
		counts[state]++
		waiting, source := "", ""
		if open {
			waiting = "answer"
		}
		if state == "accepted" || state == "declined" {
			source = "invitation_page"
		}
		invitations.add(id, user, f.devices[user], "mail", state, send, send, hash, 1, waiting, "250 2.0.0 Ok: queued",
			text(sent), text(sent), text(sent.AddDate(0, 1, 0)), text(sent), settled, source)
		links.add(send, id)
	}
	if err := errors.Join(invitations.end(), links.end()); err != nil || open {
		return err
	}
	doc, err := json.Marshal(counts)
	if err != nil {
		return err
	}
	return f.exec(ctx, "UPDATE sends SET counts = ? WHERE id = ?", string(doc), send)
}

// outcome is how invitation number i of a month ended.
func outcome(i int, sent time.Time, open bool) (state string, settled any) {
	if open {
		return "sent", nil
	}
	states := []string{"accepted", "accepted", "accepted", "accepted", "accepted", "accepted", "declined", "expired", "expired", "failed"}
	return states[i%len(states)], text(sent.Add(time.Duration(i%500) * time.Hour))
}

func (f *filler) send(ctx context.Context, at time.Time, open bool) (string, error) {
	plan, send := newID(), newID()
	err := f.exec(ctx, `INSERT INTO plans (id, group_id, device_ids, audience, policy, digest, totals, skipped, created_at, expires_at, send_id)
		VALUES (?, ?, '[]', 'not_enrolled', 'mail', ?, '{}', '[]', ?, ?, ?)`, plan, f.group, plan, text(at), text(at.Add(time.Hour)), send)
	if err != nil {
		return "", err
	}
	state, left, settled := "settled", 0, any(text(at.AddDate(0, 1, 0)))
	if open {
		state, left, settled = "running", len(f.users), nil
	}
	n := len(f.users)
	return send, f.exec(ctx, `INSERT INTO sends (id, plan_id, group_id, policy, schedule, state, total, written, open, workflow_id, created_at, settled_at)
		VALUES (?, ?, ?, 'mail', '{"expires_after":2592000000000000,"reminders":[]}', ?, ?, ?, ?, ?, ?, ?)`,
		send, plan, f.group, state, n, n, left, "invite-group-"+send, text(at), settled)
}

// history writes enrollments of six users in ten, and a line of the audit log
// for each user.
func (f *filler) history(ctx context.Context) error {
	f.say("writing enrollments and the audit log")
	enrollments := f.into(ctx, "enrollments", "user_id, enrolled_at, source")
	audit := f.into(ctx, "audit", "seq, at, actor_kind, actor_id, actor_name, action, target_kind, target_id, previous, hash")
	var seq int
	if err := f.db.QueryRowContext(ctx, "SELECT seq FROM audit_head").Scan(&seq); err != nil {
		return fmt.Errorf("reading the audit log: %w", err)
	}
	begun := time.Now().AddDate(-1, 0, 0)
	for i, user := range f.users {
		at := text(begun.Add(time.Duration(i) * time.Second))
		if i%10 < 6 {
			enrollments.add(user, at, "invitation_page")
		}
		seq++
		audit.add(seq, at, "key", user, "script", "user.update", "user", user, "", strconv.Itoa(seq))
	}
	err := errors.Join(enrollments.end(), audit.end(),
		f.exec(ctx, "UPDATE audit_head SET seq = ?", seq),
		f.exec(ctx, "UPDATE users SET state = 'invited', invited_at = created_at"),
		f.exec(ctx, "UPDATE users SET state = 'enrolled', enrolled_at = created_at WHERE id IN (SELECT user_id FROM enrollments)"))
	if err != nil {
		return fmt.Errorf("writing history: %w", err)
	}
	return nil
}

func (f *filler) exec(ctx context.Context, query string, args ...any) error {
	_, err := f.db.ExecContext(ctx, f.bind(query), args...)
	return err
}

// bind writes parameters as the database does.
func (f *filler) bind(query string) string {
	if !f.postgres {
		return query
	}
	var b strings.Builder
	n := 0
	for _, r := range query {
		if r != '?' {
			_, _ = b.WriteRune(r) // never fails
			continue
		}
		n++
		_, _ = b.WriteString("$" + strconv.Itoa(n)) // never fails
	}
	return b.String()
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// text is an instant as both databases take it.
func text(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }
