package store

import "heraut/people"

type deviceRow struct {
	ID           string          `db:"id"`
	Name         string          `db:"name"`
	Platform     people.Platform `db:"platform"`
	SerialNumber Text            `db:"serial_number"`
	UDID         Text            `db:"udid"`
	UserID       Text            `db:"user_id"`
	SortName     string          `db:"sort_name"`
	CreatedAt    Time            `db:"created_at"`
	UpdatedAt    Time            `db:"updated_at"`
	Version      int64           `db:"version"`

	Push []people.PushChannel `db:"-"`
}

const deviceColumns = "id, name, platform, serial_number, udid, user_id, sort_name, created_at, updated_at, version"

func (r deviceRow) device() people.Device {
	return people.Device{
		ID: r.ID, Name: r.Name, Platform: r.Platform, SerialNumber: string(r.SerialNumber), UDID: string(r.UDID),
		UserID: string(r.UserID), Push: r.Push, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
}

func (r deviceRow) cursor() people.Cursor { return people.Cursor{Key: r.SortName, ID: r.ID} }

// deviceSearch is what a device is found by itself; its owner is looked up.
func deviceSearch(d people.Device) string {
	return searchText(sortName(d.Name), d.SerialNumber, d.UDID)
}

type pushRow struct {
	DeviceID  string          `db:"device_id"`
	Kind      people.PushKind `db:"kind"`
	Topic     string          `db:"topic"`
	Token     string          `db:"token"`
	PushMagic string          `db:"push_magic"`
	UpdatedAt Time            `db:"updated_at"`
	DeadSince Time            `db:"dead_since"`
	Invites   bool            `db:"invites"`
}

const (
	pushColumns = "p.device_id, p.kind, p.topic, p.token, p.push_magic, p.updated_at, p.dead_since, p.kind = 'mdm' AND " + mdmOpen + " AND " + wakesTopic + "p.topic" + wakesEnd + " AS invites"
	pushJoin    = " FROM push_channels p JOIN devices d ON d.id = p.device_id WHERE "
)

func (r pushRow) channel() people.PushChannel {
	return people.PushChannel{
		Kind: r.Kind, Topic: r.Topic, Token: r.Token, PushMagic: r.PushMagic,
		UpdatedAt: r.UpdatedAt.Time, DeadSince: r.DeadSince.Time, Invites: r.Invites,
	}
}

// deviceDoc is a device in the audit log: channels without their tokens.
type deviceDoc struct {
	Name         string    `json:"name"`
	Platform     string    `json:"platform"`
	SerialNumber string    `json:"serial_number,omitempty"`
	UDID         string    `json:"udid,omitempty"`
	UserID       string    `json:"user_id,omitempty"`
	Push         []pushDoc `json:"push,omitempty"`
}

type pushDoc struct {
	Kind  string `json:"kind"`
	Topic string `json:"topic"`
}

func docOfDevice(d people.Device) deviceDoc {
	doc := deviceDoc{Name: d.Name, Platform: string(d.Platform), SerialNumber: d.SerialNumber, UDID: d.UDID, UserID: d.UserID}
	for _, p := range d.Push {
		doc.Push = append(doc.Push, pushDoc{Kind: string(p.Kind), Topic: p.Topic})
	}
	return doc
}
