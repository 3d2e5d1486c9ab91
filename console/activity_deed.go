package console

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"heraut/console/page"
	"heraut/people"
)

// deed is one entry of the audit log in words.
type deed struct {
	At page.Moment
	// Who is the actor in words, and ActorID whom the log can be narrowed to.
	Who, ActorID string
	// What is the whole sentence: who did what to whom.
	What string
	// Link leads to what it was done to; empty: it has no page, or no more.
	Link string
	// Changes are the fields that were changed.
	Changes []fieldChange
}

// fieldChange is a field that had another value before.
type fieldChange struct{ Field, Was, Became string }

// deed says an entry in a sentence. Actions that have none are named as they
// are. now is what its target is called now, where that is known: what it was
// called then goes before.
func (v *visit) deed(e people.AuditEntry, now string) (deed, error) {
	was, err := fields(e.Was)
	if err != nil {
		return deed{}, fmt.Errorf("reading audit entry %d: %w", e.Seq, err)
	}
	became, err := fields(e.Became)
	if err != nil {
		return deed{}, fmt.Errorf("reading audit entry %d: %w", e.Seq, err)
	}
	d := deed{At: v.clock.At(e.At), Who: v.who(e.Actor), ActorID: e.Actor.ID, Link: linkOf(e)}
	d.What = v.deedText(e, d.Who, cmp.Or(nameIn(became), nameIn(was), now))
	if len(was) > 0 && len(became) > 0 {
		d.Changes = v.changes(was, became)
	}
	return d, nil
}

// isolated keeps a name of any direction from mixing with the sentence around
// it (source: Unicode Standard Annex 9, FSI and PDI).
func isolated(name string) string { return "\u2068" + name + "\u2069" }

// deedText is the sentence of an entry.
func (v *visit) deedText(e people.AuditEntry, who, name string) string {
	target := v.t("activity.target." + targetWord(e.TargetKind))
	if name != "" {
		target += " " + isolated(name)
	} else if e.TargetKind == "setting" {
		target += " " + e.TargetID
	}
	key := "activity.did." + e.Action
	if name != "" && v.words.Has(key+".named") {
		key += ".named"
	}
	if v.words.Has(key) {
		return begin(v.t(key, "who", who, "target", target, "name", isolated(name)))
	}
	return v.t("activity.did", "who", who, "action", e.Action, "target", target)
}

// begin writes the first letter of a sentence large: some begin with what was
// changed.
func begin(sentence string) string {
	first, size := utf8.DecodeRuneInString(sentence)
	return string(unicode.ToUpper(first)) + sentence[size:]
}

// targetWords are the kinds of targets that have a word of their own.
var targetWords = []string{
	"user", "group", "device", "send", "plan", "invitation", "setting", "key", "import", "roster", "enrollment", "enrollment_link",
	"administrator", "bulk", "scim_client", "tasks", "directory",
}

func targetWord(kind string) string {
	if slices.Contains(targetWords, kind) {
		return kind
	}
	return "other"
}

// who says an actor in words.
func (v *visit) who(a people.Actor) string {
	name := a.Name
	if name == "" {
		name = a.ID
	}
	if a.Kind == people.ActorAdmin && name != "" {
		return isolated(name)
	}
	return v.t("activity.who."+string(a.Kind), "name", isolated(name))
}

// linkOf is the page of what an entry is about.
func linkOf(e people.AuditEntry) string {
	if strings.HasSuffix(e.Action, ".delete") && e.TargetKind != "enrollment" {
		return ""
	}
	switch e.TargetKind {
	case "user", "enrollment":
		return "/users/" + e.TargetID + "/info"
	case "group":
		return "/groups/" + e.TargetID + "/info"
	case "device":
		return "/devices/" + e.TargetID
	case "invitation":
		return "/invitations/" + e.TargetID
	case "send":
		return "/sends/" + e.TargetID
	case "import":
		return "/imports/" + e.TargetID
	case "directory":
		return "/settings/directories/" + e.TargetID
	}
	return ""
}

// fields reads one of an entry's documents; nothing for an empty one.
func fields(doc string) (map[string]json.RawMessage, error) {
	if doc == "" {
		return nil, nil
	}
	var all map[string]json.RawMessage
	err := json.Unmarshal([]byte(doc), &all)
	return all, err
}

// nameIn is the name that a document holds.
func nameIn(doc map[string]json.RawMessage) string {
	for _, field := range []string{"full_name", "name"} {
		if name := plain(doc[field]); name != "" {
			return name
		}
	}
	return ""
}

// plain is a value as people read it; lists and documents stay as they are.
func plain(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(bytes.Trim(raw, `"`))
}

// changes lists the fields with a word that two documents hold with different
// values, by their names.
func (v *visit) changes(was, became map[string]json.RawMessage) []fieldChange {
	names := slices.Sorted(maps.Keys(was))
	for name := range became {
		names = append(names, name)
	}
	slices.Sort(names)
	var all []fieldChange
	for _, name := range slices.Compact(names) {
		key := "activity.field." + name
		if bytes.Equal(was[name], became[name]) || !v.words.Has(key) {
			continue
		}
		all = append(all, fieldChange{Field: v.t(key), Was: v.value(was[name]), Became: v.value(became[name])})
	}
	return all
}

// value says a value in words.
func (v *visit) value(raw json.RawMessage) string {
	switch text := plain(raw); text {
	case "":
		return v.t("activity.value.none")
	case "true", "false":
		return v.t("activity.value." + text)
	default:
		return text
	}
}
