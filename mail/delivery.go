package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/textproto"

	"heraut/invitation"
)

// delivery is one mail on its way through one Send.
type delivery struct {
	envelope   *Envelope
	beforeData func(context.Context) error
	timeouts   Timeouts
	relay      bool
}

// verdict is what one connection said.
type verdict struct {
	outcome invitation.Outcome
	// broken: the connection is of no further use.
	broken bool
	// open: a transaction is left to withdraw.
	open bool
	// again: the connection had gone stale while it was kept; nothing of the
	// mail was decided.
	again bool
}

// through sends the mail on one of the pool's connections, and on a new one if
// the kept one turns out to be stale.
func (d *delivery) through(ctx context.Context, p *pool) invitation.Outcome {
	outcome, again := d.once(ctx, p, false)
	if again {
		outcome, _ = d.once(ctx, p, true)
	}
	return outcome
}

func (d *delivery) once(ctx context.Context, p *pool, fresh bool) (outcome invitation.Outcome, again bool) {
	c, err := p.take(ctx, fresh)
	if err != nil {
		return d.notOpened(err), false
	}
	kept := c.mails > 0
	v := d.on(ctx, c)
	c.mails++
	// A failing RSET says nothing about the mail, only about the connection.
	keep := !v.broken && (!v.open || c.reset(d.timeouts.Command))
	p.put(c, keep)
	return v.outcome, v.again && kept
}

// on does the whole transaction on a connection.
func (d *delivery) on(ctx context.Context, c *conn) verdict {
	if d.envelope.SMTPUTF8 && !c.utf8 {
		return verdict{outcome: invitation.Outcome{
			Class:  invitation.Refused,
			Answer: c.host + " does not take addresses outside ASCII (SMTPUTF8).",
		}}
	}
	stop := c.watch(ctx, 0)
	v, agreed := d.announce(ctx, c)
	stop()
	if !agreed {
		return v
	}
	if err := d.beforeData(ctx); err != nil {
		return verdict{outcome: later(err.Error()), open: true}
	}
	defer c.watch(ctx, d.timeouts.Grace)()
	return d.transmit(ctx, c)
}

// announce says who sends and to whom.
func (d *delivery) announce(ctx context.Context, c *conn) (v verdict, agreed bool) {
	if err := c.within(ctx, d.timeouts.Command); err != nil {
		return verdict{outcome: cancelled(), broken: true}, false
	}
	send := []string{d.mailCommand(c), "RCPT TO:<" + d.envelope.To + ">"}
	if c.pipelining {
		if err := write(c, send...); err != nil {
			return d.lost(ctx, err), false
		}
	}
	for i, phase := range []phase{phaseMail, phaseRcpt} {
		if !c.pipelining {
			if err := write(c, send[i]); err != nil {
				return d.lost(ctx, err), false
			}
		}
		if _, _, err := c.client.Text.ReadResponse(2); err != nil {
			return d.notAgreed(ctx, c, phase, err), false
		}
	}
	return verdict{}, true
}

// notAgreed classifies the answer to MAIL or RCPT.
func (d *delivery) notAgreed(ctx context.Context, c *conn, p phase, err error) verdict {
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return d.lost(ctx, err)
	}
	v := verdict{
		outcome: d.classify(p, reply),
		open:    true,
		broken:  reply.Code == codeClosing,
		again:   reply.Code == codeClosing || p == phaseMail && reply.Code < 500,
	}
	if p == phaseMail && c.pipelining && !v.broken {
		// The answer to the RCPT that went along.
		_, _, err := c.client.Text.ReadResponse(2)
		_, isReply := errors.AsType[*textproto.Error](err)
		v.broken = err != nil && !isReply
	}
	return v
}

// lost is for a connection that broke before DATA: nothing was decided.
func (d *delivery) lost(ctx context.Context, err error) verdict {
	if ctx.Err() != nil {
		return verdict{outcome: cancelled(), broken: true}
	}
	return verdict{
		outcome: later("The connection broke before the message was sent: " + networkWords(err) + "."),
		broken:  true,
		again:   true,
	}
}

// mailCommand needs neither SIZE (the mails are small) nor BODY (they are
// seven-bit unless SMTPUTF8 is used).
func (d *delivery) mailCommand(c *conn) string {
	command := "MAIL FROM:<" + d.envelope.ReturnPath + ">"
	if d.envelope.SMTPUTF8 {
		command += " SMTPUTF8"
		if ok, _ := c.client.Extension("8BITMIME"); ok {
			command += " BODY=8BITMIME"
		}
	}
	return command
}

// write sends commands in one packet.
func write(c *conn, commands ...string) error {
	for _, command := range commands {
		if _, err := c.client.Text.W.WriteString(command + "\r\n"); err != nil {
			return err
		}
	}
	return c.client.Text.W.Flush()
}

// transmit sends the message; from the server's 354 on, an answer that does
// not come leaves open whether the message was taken.
func (d *delivery) transmit(ctx context.Context, c *conn) verdict {
	if c.within(ctx, d.timeouts.Data) != nil {
		_ = c.within(ctx, d.timeouts.Grace) // beforeData has committed: no turning back
	}
	body, err := c.client.Data()
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return verdict{outcome: d.classify(phaseData, reply), open: true, broken: reply.Code == codeClosing}
	}
	if err != nil {
		v := d.lost(context.WithoutCancel(ctx), err)
		v.again = false // beforeData is called once
		return v
	}

	_, err = body.Write(d.envelope.Data)
	if err == nil {
		err = body.Close()
	}
	reply, ok := errors.AsType[*textproto.Error](err)
	switch {
	case err == nil:
		return verdict{outcome: d.taken(body)}
	case ok:
		return verdict{outcome: d.classify(phaseDot, reply), broken: reply.Code == codeClosing}
	default:
		return verdict{broken: true, outcome: invitation.Outcome{
			Class:  invitation.Unknown,
			Answer: "The connection broke before the server answered to the message: " + networkWords(err) + ".",
		}}
	}
}

// taken holds the server's words, which often name the mail in its queue.
func (d *delivery) taken(body io.WriteCloser) invitation.Outcome {
	words := ""
	if r, ok := body.(interface{ ServerResponse() string }); ok {
		words = r.ServerResponse()
	}
	return invitation.Outcome{Class: invitation.Taken, Code: codeDone, Answer: fmt.Sprintf("%d %s", codeDone, words)}
}
