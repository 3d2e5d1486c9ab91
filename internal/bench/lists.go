package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"heraut/api/client"
	"heraut/directory/roster/rostertest"
	"heraut/people"
)

// measureLists times pages of every list of the API in a full store.
func measureLists(ctx context.Context, r *run) error {
	files, err := r.folder("roster")
	if err != nil {
		return err
	}
	if err := rostertest.Write(files, r.Size.Users, 1); err != nil {
		return fmt.Errorf("writing a roster: %w", err)
	}
	for _, d := range r.databases() {
		if err := r.listsOn(ctx, d, files); err != nil {
			return fmt.Errorf("on %s: %w", d.name, err)
		}
	}
	return nil
}

func (r *run) listsOn(ctx context.Context, d database, files string) error {
	s, err := r.serveOn(ctx, d)
	if err != nil {
		return err
	}
	r.say("importing %d users on %s", r.Size.Users, d.name)
	if _, err := s.importRoster(ctx, files); err != nil {
		return err
	}
	everyone, err := s.everyone(ctx)
	if err != nil {
		return err
	}
	if err := s.stop(); err != nil {
		return err
	}
	if err := r.fillFile(ctx, d, filepath.Join(s.dir, "heraut.db"), s.databaseURL, ""); err != nil {
		return err
	}
	if err := s.start(ctx); err != nil {
		return err
	}
	lists, err := s.lists(ctx, everyone)
	if err != nil {
		return err
	}
	for _, path := range lists {
		r.say("%s: GET %s", d.name, path)
		times, items, err := s.walk(ctx, path)
		if err != nil {
			return err
		}
		r.median(label(path, everyone)+" ("+d.name+")", times, fmt.Sprintf("%d pages, %d items", len(times), items))
	}
	return s.stop()
}

// fillFile fills a store with sends to a group; empty: to a location.
func (r *run) fillFile(ctx context.Context, d database, file, address, group string) (err error) {
	db, err := openForFilling(d, file, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	f := filler{db: db, postgres: d.url != "", size: r.Size, say: r.say, group: group}
	return f.fill(ctx)
}

// listed is what an item of a list is known by.
type listed struct {
	ID      string   `json:"id"`
	SendIDs []string `json:"send_ids"`
	User    struct {
		ID string `json:"id"`
	} `json:"user"`
	Device struct {
		ID string `json:"id"`
	} `json:"device"`
}

// firstOf is the first item of a list that may not be empty.
func (s *server) firstOf(ctx context.Context, path string) (listed, error) {
	var page struct {
		Items []listed `json:"items"`
	}
	if err := s.get(ctx, path, &page); err != nil {
		return listed{}, err
	}
	if len(page.Items) == 0 {
		return listed{}, fmt.Errorf("GET %s lists nothing", path)
	}
	return page.Items[0], nil
}

// lists are the paths of all lists with each of their filters; the group of
// all users is one of two that are asked for.
func (s *server) lists(ctx context.Context, everyone string) ([]string, error) {
	i, err := s.firstOf(ctx, "/v1/invitations")
	if err != nil {
		return nil, err
	}
	first, err := s.firstOf(ctx, "/v1/groups")
	if err != nil {
		return nil, err
	}
	group := first.ID
	paths := []string{
		"/v1/users", "/v1/users?q=van", "/v1/users?q=van+den+berg", "/v1/users?q=zzzz", "/v1/users?group_id=" + group, "/v1/users?group_id=" + everyone,
		"/v1/users?state=invited", "/v1/users?state=enrolled", "/v1/users?state=enrolled&q=van",
		"/v1/groups", "/v1/groups/" + group, "/v1/groups/" + everyone,
		"/v1/devices", "/v1/devices?user_id=" + i.User.ID,
		"/v1/invitations",
	}
	for _, state := range []string{"queued", "sent", "shown", "accepted", "declined", "expired", "cancelled", "failed"} {
		paths = append(paths, "/v1/invitations?state="+state)
	}
	return append(paths,
		"/v1/invitations?user_id="+i.User.ID, "/v1/invitations?device_id="+i.Device.ID,
		"/v1/invitations?group_id="+group, "/v1/invitations?group_id="+group+"&state=accepted",
		"/v1/invitations?group_id="+everyone, "/v1/invitations?group_id="+everyone+"&state=accepted",
		"/v1/invitations?send_id="+i.SendIDs[0], "/v1/invitations?send_id="+i.SendIDs[0]+"&state=sent",
		"/v1/tasks/active", "/v1/tasks/completed", "/v1/sends", "/v1/sends/"+i.SendIDs[0], "/v1/enrollments", "/v1/audit",
	), nil
}

// everyone makes a group of all locations, and so of all people.
func (s *server) everyone(ctx context.Context) (string, error) {
	limit := longestPage
	params := client.ListGroupsParams{Limit: &limit}
	var locations []string
	for {
		page, err := s.api.ListGroupsWithResponse(ctx, &params)
		if _, err := want(http.StatusOK, page, err); err != nil {
			return "", fmt.Errorf("listing groups: %w", err)
		}
		for _, g := range page.JSON200.Items {
			if id, err := g.ExternalID.Get(); err == nil && strings.HasPrefix(id, people.RosterLocation) {
				locations = append(locations, g.ID)
			}
		}
		if page.JSON200.NextCursor.IsNull() {
			return s.makeGroup(ctx, "Everyone", client.GroupMembers{GroupIds: &locations})
		}
		params.Cursor = new(page.JSON200.NextCursor.MustGet())
	}
}

// label is a path without its ids.
func label(path, everyone string) string {
	path = strings.ReplaceAll(path, everyone, "everyone")
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	q := u.Query()
	for _, name := range []string{"user_id", "group_id", "device_id", "send_id"} {
		if q.Has(name) && q.Get(name) != "everyone" {
			q.Set(name, "x")
		}
	}
	u.RawQuery = q.Encode()
	if dir, last := filepath.Split(u.Path); len(last) == len("00000000-0000-0000-0000-000000000000") {
		u.Path = dir + "x"
	}
	return u.String()
}

// pagesAList is how many pages of a list are timed.
const pagesAList = 40

// walk times pages of a list one after another, from the first again after the
// last.
func (s *server) walk(ctx context.Context, path string) (times []time.Duration, items int, err error) {
	first, err := url.Parse(path)
	if err != nil {
		return nil, 0, err
	}
	next := ""
	for range pagesAList {
		u := *first
		if next != "" {
			q := u.Query()
			q.Set("cursor", next)
			u.RawQuery = q.Encode()
		}
		var page struct {
			Items []json.RawMessage `json:"items"`
			Next  *string           `json:"next_cursor"`
		}
		begun := time.Now()
		if err := s.get(ctx, u.String(), &page); err != nil {
			return times, items, err
		}
		times = append(times, time.Since(begun))
		items += len(page.Items)
		next = ""
		if page.Next != nil {
			next = *page.Next
		}
	}
	return times, items, nil
}

// get asks for one page.
func (s *server) get(ctx context.Context, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url()+path, http.NoBody)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+s.key)
	response, err := s.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the API answered %d to GET %s", response.StatusCode, path)
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("reading the answer to GET %s: %w", path, err)
	}
	return nil
}
