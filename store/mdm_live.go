package store

// mdmReady tells whether MDM can carry invitations: there is a content token,
// without which nobody has an invite code, and a way to wake devices, which is
// the organization's push certificate or that of its own MDM server.
const mdmReady = `EXISTS (SELECT 1 FROM settings WHERE ` + tokenRows + `) AND EXISTS (
	SELECT 1 FROM settings WHERE name = 'push/mdm' OR ` + mdmElsewhere + `)`

// mdmElsewhere is the setting of an MDM server of the organization's own.
const mdmElsewhere = "name = 'mdm_server' AND doc ->> 'mode' = 'external'"

// wakesTopic, closed by a push channel's topic and wakesEnd, tells whether the
// installed certificate may wake that channel: a device that enrolled under
// another topic can not be woken until it enrolls anew. A server elsewhere has
// a certificate of its own.
const (
	wakesTopic = `(EXISTS (SELECT 1 FROM settings WHERE ` + mdmElsewhere + `)
	OR NOT EXISTS (SELECT 1 FROM settings WHERE name = 'push/mdm' AND doc ->> 'topic' <> `
	wakesEnd = "))"
)

// mdmOpen tells whether a command can be queued for a device d: over REST a
// device can have an mdm channel without being enrolled at our MDM server.
const mdmOpen = "d.mdm_id IS NOT NULL AND d.invitable AND " + mdmReady

const (
	// mdmLive adds that a push wakes the device d.
	mdmLive = mdmOpen + ` AND EXISTS (SELECT 1 FROM push_channels m WHERE m.device_id = d.id AND m.kind = 'mdm' AND m.dead_since IS NULL
		AND ` + wakesTopic + "m.topic" + wakesEnd + ")"
	// alertLive tells whether an alert reaches the device d.
	alertLive = `EXISTS (SELECT 1 FROM push_channels p WHERE p.device_id = d.id AND p.kind = 'alert' AND p.dead_since IS NULL)`
)
