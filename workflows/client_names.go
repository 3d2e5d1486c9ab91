package workflows

import (
	"encoding/json"
	"strings"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"heraut/invitation"
)

// The search attributes of Heraut's workflows. They are set at start and never
// upserted: an upsert is an event. Names are plain text in the engine.
var (
	AttributeUser    = temporal.NewSearchAttributeKeyKeyword("HerautUser")
	AttributeDevices = temporal.NewSearchAttributeKeyKeywordList("HerautDevices")
	AttributeSend    = temporal.NewSearchAttributeKeyKeyword("HerautSend")
	AttributeGroup   = temporal.NewSearchAttributeKeyKeyword("HerautGroup")
)

// What the engine takes of names. It refuses to start a workflow with more
// than 2,048 bytes of JSON in one attribute; on PostgreSQL and MySQL its lists
// hold 255 characters of a keyword.
const (
	maxNames   = 1800 // bytes of JSON
	maxKeyword = 255  // characters
)

// more stands for what does not fit.
const more = "…"

// summary is the user and the devices, as far as their names fit.
func summary(s invitation.Start) string {
	user := keyword(s.FullName)
	if len(s.Devices) == 0 {
		return user
	}
	return user + " · " + strings.Join(fitting(s.Devices, maxNames-size(user)), ", ")
}

func (c *Client) attributes(s invitation.Start) temporal.SearchAttributes {
	var updates []temporal.SearchAttributeUpdate
	if c.Names && s.FullName != "" {
		updates = append(updates, AttributeUser.ValueSet(keyword(s.FullName)))
	}
	if c.Names && len(s.Devices) > 0 {
		updates = append(updates, AttributeDevices.ValueSet(fitting(s.Devices, maxNames)))
	}
	if s.SendID != "" {
		updates = append(updates, AttributeSend.ValueSet(s.SendID))
	}
	if s.GroupID != "" {
		updates = append(updates, AttributeGroup.ValueSet(s.GroupID))
	}
	return temporal.NewSearchAttributes(updates...)
}

// unnamed leaves out of a start what only the engine's lists show.
func unnamed(options client.StartWorkflowOptions) client.StartWorkflowOptions {
	options.StaticSummary, options.TypedSearchAttributes = "", temporal.SearchAttributes{}
	return options
}

// keyword cuts a name at what a keyword holds.
func keyword(name string) string {
	runes := []rune(name)
	if len(runes) <= maxKeyword {
		return name
	}
	return string(runes[:maxKeyword-1]) + more
}

// fitting is the longest beginning of a list whose whole names fit into so many
// bytes of JSON; "…" at its end tells that there are more.
func fitting(names []string, room int) []string {
	room -= size(more)
	for i, name := range names {
		if room -= size(name) + len(","); room < 0 {
			return append(names[:i:i], more)
		}
	}
	return names
}

// size is how many bytes a name takes as JSON.
func size(name string) int {
	text, err := json.Marshal(name)
	if err != nil {
		return maxNames // strings are always marshalled
	}
	return len(text)
}
