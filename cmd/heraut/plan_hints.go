package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"

	"heraut/api/client"
)

// warn tells what stands in the way of a plan's messages now. A server that
// can not be asked is no reason to stop.
func (s *server) warn(ctx context.Context, out io.Writer, p planned) {
	for _, warning := range s.warnings(ctx, p) {
		p.line(out, "warning", warning)
	}
}

// printHints tells what to do about those whom a plan leaves out.
func (p planned) printHints(out io.Writer) {
	for _, hint := range p.hints() {
		p.line(out, "to do", hint)
	}
}

// needs are the checks of preflight that a plan's messages depend on.
func (p planned) needs(check string) bool {
	base, _, _ := strings.Cut(check, "/") // of each location its own
	switch base {
	case "public_url", "engine", "database", tokenLine:
		return p.Invitations > 0
	case "mail_route":
		return p.ByChannel.Mail > 0
	case "push_certificate_alert":
		return p.ByChannel.Alert > 0
	case "push_certificate_mdm", "mdm":
		return p.ByChannel.Mdm > 0
	}
	return false
}

func (s *server) warnings(ctx context.Context, p planned) []string {
	got, err := ask(s, http.StatusOK, func() (*client.GetPreflightResponse, error) { return s.GetPreflightWithResponse(ctx) })
	if err != nil {
		return nil
	}
	var warnings []string
	for _, check := range got.JSON200.Checks {
		if !check.Ok && p.needs(check.Name) {
			warnings = append(warnings, fmt.Sprintf("%s: %s", check.Name, check.Detail))
		}
	}
	return warnings
}

// hints say what to do about those who are skipped.
func (p planned) hints() []string {
	var hints []string
	if p.skips(client.ServicesOff) && p.meant != "" {
		hints = append(hints, fmt.Sprintf("let them be invited: %s services on %s%s", programName(os.Args[0]), p.meant, p.flags))
	}
	if p.skips(client.NoDevice) && p.Channel != client.ChannelPolicyMail {
		hints = append(hints, "invite people without a device too, by mail: --channel mail")
	}
	switch {
	case !p.skips(client.NoChannel):
	case p.Channel == client.ChannelPolicyPush:
		hints = append(hints, "invite those whom no push reaches by mail: --channel auto")
	default:
		hints = append(hints, "give those whom nothing reaches an e-mail address (`heraut plan --skipped` lists them)")
	}
	return hints
}

func (p planned) skips(reason client.SkipReason) bool { return p.SkippedCounts[string(reason)] > 0 }

// plainWord needs no quotes in a shell.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9@%+=:,./_-]+$`)

// quoted is a word as a shell takes it.
func quoted(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
