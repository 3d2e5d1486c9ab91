package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"heraut/people"
)

// directoryForm is the page on which a directory is bound or changed.
type directoryForm struct {
	// Directory is the one that is changed; the zero one when it is bound.
	Directory people.Directory
	Form      form
	// Action is where the form goes.
	Action    string
	Intervals []option
	// Narrowed: what stands behind the fold is in use, or refused.
	Narrowed bool
}

// directoryTexts are the fields of the form that are texts of a directory.
func directoryTexts(d *people.Directory) map[string]*string {
	a := &d.Attributes
	return map[string]*string{
		"name": &d.Name, "host": &d.Host, "bind_dn": &d.BindDN, "base_dn": &d.BaseDN,
		"people.base_dn": &d.People.BaseDN, "people.filter": &d.People.Filter, "groups.base_dn": &d.Groups.BaseDN, "groups.filter": &d.Groups.Filter,
		"attributes.stable_id": &a.StableID, "attributes.login": &a.Login, "attributes.full_name": &a.FullName, "attributes.email": &a.Email,
		"attributes.language": &a.Language, "attributes.managed_apple_account": &a.ManagedAppleAccount,
	}
}

// directoryOther are the fields that are more than a text.
var directoryOther = []string{"kind", "security", "port", "ca", "sync_every", "version"}

// narrowing begins the names of the fields behind the fold.
var narrowing = []string{"people.", "groups.", "attributes."}

// intervals are how often a directory can be read, in seconds.
var intervals = []int{900, 3600, 4 * 3600, 12 * 3600, 24 * 3600}

func (v *visit) newDirectory() error {
	d := people.Directory{DirectoryConfig: people.DirectoryConfig{}.WithDefaults()}
	f := formOf(d)
	f.Values["port"] = "" // follows the way of encryption
	return v.showDirectoryForm(http.StatusOK, people.Directory{}, f)
}

// bindDirectory keeps a new directory. It is not read until an administrator,
// who has tried it and looked at its people, has it read.
func (v *visit) bindDirectory() error {
	f, password, err := v.directorySubmitted()
	if err != nil {
		return err
	}
	d := directoryOf(people.Directory{}, f)
	d.Paused = true
	d, err = v.Directories.Bind(v.ctx(), v.actor(), d, password)
	if err != nil {
		if err := v.refuse(&f, err); err != nil {
			return err
		}
		return v.showDirectoryForm(http.StatusUnprocessableEntity, people.Directory{}, f)
	}
	return v.done("/settings/directories/"+d.ID, "directory_bound", 0)
}

func (v *visit) editDirectory() error {
	d, err := v.Store.Directory(v.ctx(), v.id())
	if err != nil {
		return err
	}
	return v.showDirectoryForm(http.StatusOK, d, formOf(d))
}

func (v *visit) updateDirectory() error {
	f, password, err := v.directorySubmitted()
	if err != nil {
		return err
	}
	d, err := v.Directories.Change(v.ctx(), v.actor(), v.id(), versionOf(f), password, func(d people.Directory) people.Directory {
		return directoryOf(d, f)
	})
	if err != nil {
		return v.directoryRefused(f, err)
	}
	return v.done("/settings/directories/"+d.ID, "saved", 0)
}

// directoryRefused shows the form again, with what is wrong with it.
func (v *visit) directoryRefused(f form, refused error) error {
	if err := v.refuse(&f, refused); err != nil {
		return err
	}
	d, err := v.Store.Directory(v.ctx(), v.id())
	if err != nil {
		return err
	}
	v.overtaken(&f, refused, formOf(d).Values, source{})
	return v.showDirectoryForm(http.StatusUnprocessableEntity, d, f)
}

// directorySubmitted reads the form. The password is taken as it was typed,
// blanks and all, and is never shown again.
func (v *visit) directorySubmitted() (f form, password []byte, err error) {
	names := slices.Clone(directoryOther)
	for name := range directoryTexts(&people.Directory{}) {
		names = append(names, name)
	}
	if f, err = v.submitted(names...); err != nil {
		return f, nil, err
	}
	f.Values["password"] = "" // errors can stand beside it
	return f, []byte(v.c.Request().PostFormValue("password")), nil
}

func (v *visit) showDirectoryForm(status int, d people.Directory, f form) error {
	p := directoryForm{Directory: d, Form: f, Action: "/settings/directories", Intervals: v.intervals(f.Values["sync_every"])}
	if d.ID != "" {
		p.Action += "/" + d.ID + "/edit"
	}
	for name, value := range f.Values {
		for _, prefix := range narrowing {
			p.Narrowed = p.Narrowed || strings.HasPrefix(name, prefix) && (value != "" || f.Errors[name] != "" || f.Now[name] != "")
		}
	}
	return v.showSettings(status, "directories/edit", "directories", p)
}

// intervals are the choices of how often, with one of a script's among them.
func (v *visit) intervals(chosen string) []option {
	var all []option
	known := false
	for _, seconds := range intervals {
		value := strconv.Itoa(seconds)
		known = known || value == chosen
		all = append(all, option{value, v.every(seconds)})
	}
	if seconds, err := strconv.Atoi(chosen); err == nil && !known {
		all = append(all, option{chosen, v.every(seconds)})
	}
	return all
}

// formOf fills the form with a directory's settings.
func formOf(d people.Directory) form {
	values := map[string]string{
		"kind": string(d.Kind), "security": string(d.Security), "port": strconv.Itoa(d.Port), "ca": d.CA,
		"sync_every": strconv.Itoa(d.SyncEvery), "version": strconv.FormatInt(d.Version, 10), "password": "",
	}
	for name, text := range directoryTexts(&d) {
		values[name] = *text
	}
	return newForm(values)
}

// directoryOf puts the fields of the form into a directory. A number that is
// none becomes one that is refused.
func directoryOf(d people.Directory, f form) people.Directory {
	for name, text := range directoryTexts(&d) {
		*text = f.Values[name]
	}
	d.Kind, d.Security = people.DirectoryKind(f.Values["kind"]), people.DirectorySecurity(f.Values["security"])
	d.Port, d.SyncEvery = numberOf(f.Values["port"]), numberOf(f.Values["sync_every"])
	// Browsers end lines in their own way; certificates that stayed as they were
	// do not ask for the password again.
	if ca := strings.ReplaceAll(f.Values["ca"], "\r\n", "\n"); ca != strings.TrimSpace(strings.ReplaceAll(d.CA, "\r\n", "\n")) {
		d.CA = ca
	}
	d.DirectoryConfig = d.WithDefaults()
	return d
}

// numberOf reads a number; 0 for nothing, -1 for what is none.
func numberOf(text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}
