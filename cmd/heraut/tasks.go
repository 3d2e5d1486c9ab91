package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"heraut/api/client"
	"heraut/internal/config"
)

// taskFilter says which tasks are meant; texts are ids, empty for any.
type taskFilter struct{ send, user, group, device string }

// tasksPage is a page of tasks and the API's own words.
type tasksPage struct {
	client.TaskList

	body []byte
}

// optional is nil for an empty text.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// active reads a page of active tasks.
func (f taskFilter) active(ctx context.Context, api *server, limit int, cursor *string) (tasksPage, error) {
	params := client.ListActiveTasksParams{
		SendID: optional(f.send), UserID: optional(f.user), GroupID: optional(f.group), DeviceID: optional(f.device),
		Limit: new(client.Limit(limit)), Cursor: cursor,
	}
	got, err := ask(api, http.StatusOK, func() (*client.ListActiveTasksResponse, error) { return api.ListActiveTasksWithResponse(ctx, &params) })
	if err != nil {
		return tasksPage{}, err
	}
	return tasksPage{*got.JSON200, got.Body}, nil
}

// completed reads a page of completed tasks.
func (f taskFilter) completed(ctx context.Context, api *server, limit int, cursor *string) (tasksPage, error) {
	params := client.ListCompletedTasksParams{
		SendID: optional(f.send), UserID: optional(f.user), GroupID: optional(f.group), DeviceID: optional(f.device),
		Limit: new(client.Limit(limit)), Cursor: cursor,
	}
	got, err := ask(api, http.StatusOK, func() (*client.ListCompletedTasksResponse, error) {
		return api.ListCompletedTasksWithResponse(ctx, &params)
	})
	if err != nil {
		return tasksPage{}, err
	}
	return tasksPage{*got.JSON200, got.Body}, nil
}

// tasksCommand is one `heraut tasks`.
type tasksCommand struct {
	filter                   taskFilter
	limit                    int
	cursor                   string
	completed, watch, asJSON bool
}

func newTasks() *cobra.Command {
	var c tasksCommand
	cmd := &cobra.Command{
		Use:   "tasks",
		Short: "List active tasks: invitations that wait for an answer",
		Example: "  heraut tasks\n" +
			"  heraut tasks --send 6f1c2f0e-58f4-4c7a-9d2c-0b6f3d1f6a55 --watch\n" +
			"  heraut tasks --completed --group 4A --json",
		Args: noArgument("name a group with --group, a user with --user, or a send with --send"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.check(); err != nil {
				return err
			}
			api, err := dial(cmd)
			if err != nil {
				return err
			}
			return c.run(cmd, api)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&c.completed, "completed", false, "list completed tasks instead")
	f.StringVar(&c.filter.send, "send", "", "tasks of this send, by `ID`")
	f.StringVar(&c.filter.user, "user", "", "tasks of this user: `NAME`, address, external id or id")
	f.StringVar(&c.filter.group, "group", "", "tasks of this group's members: `NAME`, external id or id")
	f.StringVar(&c.filter.device, "device", "", "tasks of this device, by `ID`")
	f.IntVar(&c.limit, "limit", 50, "most tasks to list, a `NUMBER`; with --json at most 500")
	f.StringVar(&c.cursor, "cursor", "", "go on after the page whose next_cursor this is, a `TEXT`")
	f.BoolVar(&c.watch, "watch", false, "show active tasks anew until none is left")
	f.BoolVar(&c.asJSON, "json", false, "print the API's JSON")
	config.Bind(cmd, "tasks")
	return cmd
}

func (c *tasksCommand) check() error {
	switch {
	case c.watch && c.completed:
		return usagef("--watch goes with active tasks")
	case c.limit < 1:
		return usagef("--limit is at least 1")
	case c.filter.send != "" && uuid.Validate(c.filter.send) != nil:
		return usagef("%q is no id of a send: `heraut sends` shows them", c.filter.send)
	case c.filter.device != "" && uuid.Validate(c.filter.device) != nil:
		return usagef("%q is no id of a device: `heraut tasks --json` shows those of devices that were invited", c.filter.device)
	}
	return nil
}

func (c *tasksCommand) run(cmd *cobra.Command, api *server) error {
	if err := c.resolve(cmd.Context(), api); err != nil {
		return err
	}
	if c.watch {
		w := watch{api: api, filter: c.filter, asJSON: c.asJSON}
		return w.run(cmd.Context(), cmd.OutOrStdout())
	}
	read := c.filter.active
	if c.completed {
		read = c.filter.completed
	}
	if c.asJSON {
		page, err := read(cmd.Context(), api, min(c.limit, int(findPage)), optional(c.cursor))
		if err != nil {
			return err
		}
		return printRaw(cmd.OutOrStdout(), page.body)
	}
	return c.print(cmd.Context(), api, read, cmd.OutOrStdout())
}

// resolve turns names into ids.
func (c *tasksCommand) resolve(ctx context.Context, api *server) error {
	if c.filter.user != "" {
		user, err := api.findUser(ctx, c.filter.user)
		if err != nil {
			return err
		}
		c.filter.user = user.id
	}
	if c.filter.group != "" {
		group, err := api.findGroup(ctx, c.filter.group)
		if err != nil {
			return err
		}
		c.filter.group = group.id
	}
	return nil
}

type readTasks func(ctx context.Context, api *server, limit int, cursor *string) (tasksPage, error)

// print lists page after page up to the limit.
func (c *tasksCommand) print(ctx context.Context, api *server, read readTasks, out io.Writer) error {
	t := taskTable(out)
	cursor, left := optional(c.cursor), c.limit
	for left > 0 {
		page, err := read(ctx, api, min(left, int(findPage)), cursor)
		switch {
		case err != nil && left == c.limit:
			return err
		case err != nil:
			return errors.Join(t.flush(), err)
		case len(page.Items) == 0 && left == c.limit:
			_, err := fmt.Fprintln(out, c.none())
			return err
		}
		for _, task := range page.Items {
			taskRow(t, task)
		}
		left -= len(page.Items)
		if cursor = next(page.NextCursor); cursor == nil {
			break
		}
	}
	if err := t.flush(); err != nil || cursor == nil {
		return err
	}
	_, err := fmt.Fprintln(out, "There are more: raise --limit.")
	return err
}

// none says that there is nothing to list.
func (c *tasksCommand) none() string {
	if c.completed {
		return "No completed tasks."
	}
	return "No active tasks."
}

func taskTable(out io.Writer) *table {
	return newTable(out, "USER", "DEVICE", "CHANNEL", "STATE", "WAITS FOR", "NEXT", "LAST ANSWER", "INVITATION")
}

func taskRow(t *table, task client.Task) {
	state := string(task.State)
	if task.NewLinkAsked {
		state += ", asks for a new link"
	}
	device, channel := value(task.Device).Name, string(value(task.Channel))
	if asset := value(task.Asset); task.Kind == client.TaskKindContent {
		device, channel = cmp.Or(value(asset.Name), asset.AdamID), string(task.Kind)
	}
	t.row(task.User.FullName, device, channel, state,
		value(task.WaitingFor), when(value(task.NextActionAt)), shorten(value(task.LastAnswer), 40), task.ID)
}

// shorten cuts a text to so many letters.
func shorten(text string, most int) string {
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	return string(letters[:most-1]) + "…"
}
