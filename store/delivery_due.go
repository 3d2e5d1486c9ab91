package store

import (
	"context"
	"fmt"
	"strconv"

	"heraut/invitation"
)

// dueRow is an open invitation with a delivery that is due, and everything
// that its channels need.
type dueRow struct {
	ID         string                    `db:"id"`
	UserID     string                    `db:"user_id"`
	DeviceID   Text                      `db:"device_id"`
	Channel    invitation.Channel        `db:"channel"`
	SendID     string                    `db:"send_id"`
	Occasion   string                    `db:"occasion"`
	Generation int                       `db:"generation"`
	Pending    int                       `db:"pending"`
	TakenAt    Time                      `db:"taken_at"`
	ExpiresAt  Time                      `db:"expires_at"`
	Stopped    bool                      `db:"reminders_stopped"`
	LinkHash   []byte                    `db:"link_hash"`
	Policy     invitation.Policy         `db:"policy"`
	Schedule   JSON[invitation.Schedule] `db:"schedule"`
	FullName   string                    `db:"full_name"`
	Email      string                    `db:"email"`
	Language   string                    `db:"language"`
	Device     Text                      `db:"device_name"`
	Platform   Text                      `db:"platform"`
	// Topic and Token are of the live alert channel, MDM... of the live mdm channel.
	Topic    Text `db:"topic"`
	Token    Text `db:"token"`
	MDMTopic Text `db:"mdm_topic"`
	MDMToken Text `db:"mdm_token"`
	MDMMagic Text `db:"mdm_magic"`
	MDMID    Text `db:"mdm_id"`
	Barred   bool `db:"barred"`
}

const dueColumns = `i.id, i.user_id, i.device_id, i.channel, i.send_id, i.occasion, i.generation, i.pending, i.taken_at, i.expires_at, i.reminders_stopped, i.link_hash,
	s.policy, s.schedule, u.full_name, u.email, u.language, d.name AS device_name, d.platform, p.topic, p.token,
	m.topic AS mdm_topic, m.token AS mdm_token, m.push_magic AS mdm_magic, d.mdm_id, d.id IS NOT NULL AND NOT d.invitable AND ` + mdmReady + ` AS barred`

const dueJoins = ` JOIN sends s ON s.id = i.send_id JOIN users u ON u.id = i.user_id
	LEFT JOIN devices d ON d.id = i.device_id
	LEFT JOIN push_channels p ON p.device_id = i.device_id AND p.kind = 'alert' AND p.dead_since IS NULL
	LEFT JOIN push_channels m ON m.device_id = i.device_id AND m.kind = 'mdm' AND m.dead_since IS NULL AND ` + mdmOpen + ` AND ` + wakesTopic + "m.topic" + wakesEnd + `
	WHERE i.settled_at IS NULL AND i.pending IS NOT NULL AND i.due_at <= ? AND i.expires_at > ? AND s.state = 'running'`

// duePage reads what is due on a page of a send: first deliveries only, for
// reminders are the users' workflows' work, and no attempt that another send
// has made meanwhile.
func duePage(ctx context.Context, tx *Tx, send sendRow, start, end int, now Time) ([]dueRow, error) {
	var rows []dueRow
	err := tx.Select(ctx, &rows, "SELECT "+dueColumns+" FROM plan_targets t JOIN invitations i ON i.id = t.invitation_id"+dueJoins+
		" AND i.pending = 0 AND i.send_id = ? AND t.plan_id = ? AND t.seq >= ? AND t.seq < ? ORDER BY i.id"+tx.forUpdate("i"), now, now, send.ID, send.PlanID, start, end)
	if err != nil {
		return nil, fmt.Errorf("reading what is due: %w", err)
	}
	return rows, nil
}

// dueUser reads what is due for one user.
func dueUser(ctx context.Context, tx *Tx, userID string, now Time) ([]dueRow, error) {
	var rows []dueRow
	err := tx.Select(ctx, &rows, "SELECT "+dueColumns+" FROM invitations i"+dueJoins+" AND i.user_id = ? ORDER BY i.id"+tx.forUpdate("i"), now, now, userID)
	if err != nil {
		return nil, fmt.Errorf("reading what is due: %w", err)
	}
	return rows, nil
}

// ways are the channels that work now.
func (r dueRow) ways() invitation.Ways {
	return invitation.Ways{Channel: r.Channel, Policy: r.Policy, MDM: r.MDMToken != "", Alert: r.Token != "", Mail: r.Email != ""}
}

// channels are those that the due delivery leaves on; none: it can not leave.
func (r dueRow) channels() []invitation.Channel {
	reminders := r.Schedule.V.Reminders
	switch first := r.ways().First(); {
	case r.Pending == 0 && first != "":
		return []invitation.Channel{first}
	case r.Pending == 0, r.Pending > len(reminders), r.Stopped:
		return nil
	}
	return r.ways().Reminder(reminders[r.Pending-1].Via)
}

// unreachable tells why a first delivery has no way to leave.
func (r dueRow) unreachable() invitation.Reason {
	switch {
	case r.Channel == invitation.ChannelMail:
		return invitation.NoAddress
	case r.Barred:
		return invitation.DeviceNotInvitable
	}
	return invitation.NoChannel
}

func (r dueRow) target() invitation.Target {
	return invitation.Target{InvitationID: r.ID, UserID: r.UserID, DeviceID: string(r.DeviceID), Channel: r.Channel}
}

// sendKey names a delivery once and for all. It never holds a try number. One
// mail covers all of a user's invitations of the same occasion. By MDM a later
// generation is another delivery: the device lost the earlier one's command.
func (r dueRow) sendKey(c invitation.Channel) string {
	n := strconv.Itoa(r.Pending)
	switch c {
	case invitation.ChannelMDM:
		return "mdm/" + r.ID + "/" + r.Occasion + "/" + n + "/" + strconv.Itoa(r.Generation)
	case invitation.ChannelAlert:
		return "push/" + r.ID + "/" + r.Occasion + "/" + n
	default:
		return "mail/" + r.UserID + "/" + r.Occasion + "/" + n
	}
}

func (r dueRow) message(c invitation.Channel) invitation.Message {
	m := invitation.Message{
		SendKey: r.sendKey(c), Channel: c, Number: r.Pending, UserID: r.UserID, FullName: r.FullName,
		Address: r.Email, Language: r.Language, InvitationID: r.ID, LinkHash: r.LinkHash, ExpiresAt: r.ExpiresAt.Time,
		Topic: string(r.Topic), Token: string(r.Token), Devices: r.deviceNames(),
	}
	if c == invitation.ChannelMDM {
		m.Topic, m.Token, m.PushMagic, m.EnrollmentID = string(r.MDMTopic), string(r.MDMToken), string(r.MDMMagic), string(r.MDMID)
	}
	return m
}

func (r dueRow) deviceNames() []invitation.DeviceName {
	if r.DeviceID == "" {
		return nil
	}
	return []invitation.DeviceName{{ID: string(r.DeviceID), Name: string(r.Device), Platform: string(r.Platform)}}
}
