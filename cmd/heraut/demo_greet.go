package main

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"heraut/simulator/school"
)

// demoPlaces are the addresses and files that the greeting names; the last is
// empty where there is no UI, the link once somebody can sign in.
type demoPlaces struct{ api, adminKey, firstLink, temporalUI string }

// demoWelcome needs sh, curl, sed, tr, grep and wc, which every Debian has
// beside curl. The README has the same lines.
const demoWelcome = `
The demo: a made-up school of {people} people, and simulators in place of Apple
and of a mail server. Nothing leaves this machine.

  API and pages  {api}
  mail inbox     http://{inbox}/
  push inbox     http://{inbox}/push/
  devices        http://{inbox}/devices/
  Temporal UI    {ui}
  admin key      {key}
  console        {first}

Invite class {class}, in another terminal in this folder:

  {program} send{flags} --group {class} --yes --watch

or by REST:

  api={api}
  auth="Authorization: Bearer $(cat {key})"
  json="Content-Type: application/json"

  # Find the group.
  group=$(curl -s -H "$auth" "$api/v1/groups?limit=500" | tr '{' '\n' | grep '"name":"{class}"' | sed 's/.*"id":"\([^"]*\)".*/\1/')

  # Plan: see how many would go. Nothing leaves yet.
  plan=$(curl -s -H "$auth" -H "$json" -d "{\"group_id\":\"$group\"}" "$api/v1/plans"); echo "$plan"
  id=$(echo "$plan" | sed 's/.*"id":"\([^"]*\)".*/\1/')
  digest=$(echo "$plan" | sed 's/.*"digest":"\([^"]*\)".*/\1/')

  # Send.
  send=$(curl -s -H "$auth" -H "$json" -d "{\"digest\":\"$digest\"}" "$api/v1/plans/$id/send" | sed 's/.*"id":"\([^"]*\)".*/\1/')

  # Watch its active tasks become none while people accept, within two minutes.
  until curl -s -H "$auth" "$api/v1/sends/$send" | grep '"state":"settled"'; do
    sleep 5; echo "$(curl -s -H "$auth" "$api/v1/tasks/active?send_id=$send&limit=500" | grep -o '"kind":"invitation"' | wc -l) active tasks"
  done

  # Everybody is enrolled.
  curl -s -H "$auth" "$api/v1/groups/$group"; echo
`

// greet prints where things are and what to do first.
func (d *demo) greet(out io.Writer, at demoPlaces) error {
	words := strings.NewReplacer(
		"{people}", strconv.Itoa(len(d.school.People)), "{class}", school.Eager, "{api}", at.api, "{inbox}", d.state.Addresses.Inbox,
		"{ui}", orNone(at.temporalUI), "{key}", at.adminKey, "{first}", firstSteps(at), "{program}", programName(os.Args[0]), "{flags}", demoFlags(at),
	)
	_, err := words.WriteString(out, demoWelcome)
	return wrap(err, "writing to standard output")
}

// firstSteps tells how a person gets into the console.
func firstSteps(at demoPlaces) string {
	if at.firstLink == "" {
		return at.api + "/"
	}
	return "open the address in " + at.firstLink + " within an hour"
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// demoFlags tells a command where this demo is.
func demoFlags(at demoPlaces) string {
	flags := " --data " + filepath.Dir(at.adminKey)
	if at.api != "http://127.0.0.1:8080" {
		flags += " --server " + at.api
	}
	return flags
}

// programName is how a person began this program: `go run` builds it in a
// folder that is gone later.
func programName(path string) string {
	if strings.Contains(path, string(filepath.Separator)+"go-build") {
		return "go run ./cmd/heraut"
	}
	return path
}
