package console

import (
	"net/http"
	"net/url"
	"strings"

	"heraut/fault"
	"heraut/people"
)

// groupField is where one types the name of a group.
type groupField struct {
	// Text is what stands in it, and ID the group that is chosen.
	Text, ID string
	// Offered are groups to choose from: the first by name, until one types.
	Offered []people.Group
}

// groupChoice is what is asked when a name is not that of one group; the zero
// one: nothing is asked.
type groupChoice struct {
	Text string // as it was typed
	// Groups are those that are meant, perhaps; More tells that there are others.
	Groups []groupOption
	More   bool
}

type groupOption struct{ Name, Number, Href string }

// maxGroups is how many groups are looked through for a name; choiceLimit how
// many of them are shown at once.
const (
	maxGroups   = 100
	choiceLimit = 20
)

// suggestGroups are the groups to a name that is being typed.
func (v *visit) suggestGroups() error {
	page, err := v.Store.ListGroups(v.ctx(), people.GroupFilter{Query: v.query("group")}, people.Cursor{}, choiceLimit)
	if err != nil {
		return err
	}
	return v.part("tasks/list", "offered", page.Items)
}

// typedGroup puts the id of the group whose name was typed into the values of
// an address; a name that is not that of one group comes back as a choice. An
// empty one is no group.
func (v *visit) typedGroup(values url.Values) (groupChoice, error) {
	text := strings.TrimSpace(values.Get("group"))
	same, err := v.isGroup(values.Get("group_id"), text)
	if err != nil || same {
		return groupChoice{}, err
	}
	values.Del("group_id")
	if text == "" {
		return groupChoice{}, nil
	}
	page, err := v.Store.ListGroups(v.ctx(), people.GroupFilter{Query: text}, people.Cursor{}, maxGroups)
	if err != nil {
		return groupChoice{}, err
	}
	meant := page.Items
	if exact := called(meant, text); len(exact) > 0 {
		meant, page.Next = exact, nil
	}
	if len(meant) == 1 && page.Next == nil {
		values.Set("group_id", meant[0].ID)
		return groupChoice{}, nil
	}
	return choiceOf(text, meant, page.Next != nil), nil
}

// isGroup tells whether the group that was chosen before is still the one that
// the text names: of several with one name it is the one.
func (v *visit) isGroup(id, text string) (bool, error) {
	if id == "" || text == "" {
		return false, nil
	}
	g, err := v.Store.Group(v.ctx(), id)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return g.Name == text, err
}

func called(groups []people.Group, name string) []people.Group {
	var exact []people.Group
	for _, g := range groups {
		if strings.EqualFold(g.Name, name) {
			exact = append(exact, g)
		}
	}
	return exact
}

func choiceOf(text string, groups []people.Group, more bool) groupChoice {
	c := groupChoice{Text: text, More: more || len(groups) > choiceLimit}
	for _, g := range groups[:min(len(groups), choiceLimit)] {
		c.Groups = append(c.Groups, groupOption{Name: g.Name, Number: g.ExternalID, Href: g.ID})
	}
	return c
}

// chooseGroup asks which group is meant; no task is shown meanwhile, for none
// is known to be one of its members'.
func (v *visit) chooseGroup(q taskQuery, choice groupChoice) error {
	for i := range choice.Groups {
		choice.Groups[i].Href = q.with("group_id", choice.Groups[i].Href)
	}
	list := taskList{taskQuery: q, Choice: choice}
	var err error
	if list.Filters, err = v.taskFilters(q); err != nil {
		return err
	}
	list.Filters.Group.Text = choice.Text
	return v.showTasks(list)
}

// groupField shows the chosen group, and offers the first ones by name.
func (v *visit) groupField(id string) (groupField, error) {
	f := groupField{ID: id}
	page, err := v.Store.ListGroups(v.ctx(), people.GroupFilter{}, people.Cursor{}, maxGroups)
	if err != nil {
		return f, err
	}
	f.Offered = page.Items
	if id == "" {
		return f, nil
	}
	g, err := v.Store.Group(v.ctx(), id)
	f.Text = g.Name
	return f, err
}

// keepAddress leads to the address of a list whose group was typed: one that
// names the group by its id. It tells whether the answer is written.
func (v *visit) keepAddress(q taskQuery) (written bool, err error) {
	if !v.live() {
		return true, v.c.Redirect(http.StatusSeeOther, q.Here())
	}
	v.c.Response().Header().Set("HX-Push-Url", q.Here())
	return false, nil
}

// showTasks writes the list, or with htmx what stands below the filter.
func (v *visit) showTasks(list taskList) error {
	if !v.live() || v.target() != "tasks" {
		return v.show(http.StatusOK, "tasks/list", nil, list)
	}
	view, err := v.view("tasks/list", nil, list)
	if err != nil {
		return err
	}
	return v.part("tasks/list", "tasks", view)
}
