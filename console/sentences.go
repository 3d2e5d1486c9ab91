package console

import (
	"slices"
	"strings"

	"heraut/console/page"
	"heraut/invitation"
)

// sentence says where something stands and what comes next. The template
// "sentence" shows it.
type sentence struct {
	// Tone is the shape beside the words: good, bad, wait or off.
	Tone string
	// Now is where it stands, with the exact time of its beginning where that is
	// known; Next is what comes after it, if anything does.
	Now, Next page.Moment
	// Answer is what a provider or a person last said, or why it was cancelled.
	Answer string
}

// Text is the whole of it in one line, for exports and for screen readers.
func (s sentence) Text() string {
	said := slices.DeleteFunc([]string{s.Now.Words, s.Next.Words, s.Answer}, func(part string) bool { return part == "" })
	return strings.Join(said, " · ")
}

// Brief is Text without the answer, for where that stands by itself or only
// engineers would know what to do with it.
func (s sentence) Brief() string {
	s.Answer = ""
	return s.Text()
}

// tones are the shapes of the states in which an invitation stays.
var tones = map[invitation.State]string{
	invitation.Accepted: "good", invitation.Failed: "bad", invitation.Declined: "bad", invitation.Expired: "off", invitation.Cancelled: "off",
}

// invited says where an invitation stands: "Wacht op antwoord sinds 3 dagen ·
// herinnering morgen 09:00".
func (v *visit) invited(i invitation.Invitation) sentence {
	if tone, settled := tones[i.State]; settled {
		at := v.clock.At(i.SettledAt)
		at.Words = v.t("settled."+string(i.State), "when", at.Words)
		s := sentence{Tone: tone, Now: at}
		if i.State != invitation.Accepted { // what a provider says when all is well tells nobody anything
			s.Answer = v.answer(i.LastAnswer)
		}
		return s
	}
	s := sentence{Tone: "wait", Now: v.waiting(i), Next: v.next(i)}
	if i.WaitingFor == invitation.WaitingRetry || i.WaitingFor == invitation.WaitingRelay {
		s.Answer = v.answer(i.LastAnswer)
	}
	return s
}

// waiting says what an open invitation waits for, and since when that is known.
func (v *visit) waiting(i invitation.Invitation) page.Moment {
	switch wait := i.WaitingFor; {
	case wait == invitation.WaitingRelay && i.Channel.Push():
		return page.Moment{Words: v.t("wait.relay.push")}
	case wait == invitation.WaitingRelay:
		return page.Moment{Words: v.t("wait.relay.mail")}
	case wait == invitation.WaitingAnswer && !i.SentAt.IsZero():
		key := "wait.answer.since"
		if i.State == invitation.Shown {
			key = "wait.shown.since"
		}
		since := v.clock.Since(i.SentAt)
		since.Words = v.t(key, "span", since.Words)
		return since
	case wait == "":
		return page.Moment{Words: v.t("wait.queued")}
	default:
		return page.Moment{Words: v.t("wait." + string(wait))}
	}
}

// next says what happens to an open invitation by itself.
func (v *visit) next(i invitation.Invitation) page.Moment {
	if i.WaitingFor == invitation.WaitingPause {
		return page.Moment{Words: v.t("next.resume")}
	}
	if !i.NextActionAt.After(v.clock.Now) { // nothing is planned, or it happens just now
		return page.Moment{}
	}
	at := v.clock.At(i.NextActionAt)
	switch {
	case !i.NextActionAt.Before(i.ExpiresAt):
		at.Words = v.t("next.expires", "when", at.Words)
	case i.WaitingFor == invitation.WaitingRetry:
		at.Words = v.t("next.attempt", "attempt", i.Attempts+1, "when", at.Words)
	case i.WaitingFor == invitation.WaitingRelay, i.WaitingFor == invitation.WaitingLimit:
		at.Words = v.t("next.soon", "when", at.Words)
	case i.SentAt.IsZero():
		at.Words = v.t("next.first", "when", at.Words)
	default:
		at.Words = v.t("next.reminder", "when", at.Words)
	}
	return at
}

// answer says a reason and a sentence of ours in words; what a provider said
// stays as it is.
func (v *visit) answer(said string) string {
	if key := "reason." + said; v.words.Has(key) {
		return v.t(key)
	}
	return v.words.Fault(said)
}

// happening is one line of an invitation's life.
type happening struct {
	At           page.Moment
	Text, Answer string
	// By is who did it; empty for Heraut itself.
	By string
}

// happened says one event of an invitation's life in a sentence.
func (v *visit) happened(e invitation.Event) happening {
	h := happening{At: v.clock.At(e.At), Text: e.What, Answer: v.answer(e.Answer), By: v.by(e.Actor)}
	if key := "event." + e.What; v.words.Has(key) {
		h.Text = v.t(key, "via", v.via(e.Channel))
	}
	return h
}

// via says how something travels: "via push".
func (v *visit) via(c invitation.Channel) string {
	if c == "" {
		return ""
	}
	return v.t("via." + string(c))
}

// by says who an actor of a timeline or of the audit log is; what Heraut does
// by itself needs no name.
func (v *visit) by(actor string) string {
	kind, name, _ := strings.Cut(actor, ": ")
	switch key := "by." + kind; {
	case actor == "", kind == "system":
		return ""
	case !v.words.Has(key):
		return actor
	default:
		return v.t(key, "name", name)
	}
}
