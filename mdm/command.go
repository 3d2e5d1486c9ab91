package mdm

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/micromdm/plist"

	"heraut/content"
)

// CommandUUID derives the CommandUUID of a send key: the same key and send key
// give the same uppercase UUID (version 8, RFC 9562), so a repeated command is
// refused by the queue, and nobody without the key can name one.
func CommandUUID(key []byte, sendKey string) string {
	return strings.ToUpper(derived(key, "command-uuid", sendKey).String())
}

// derived makes a UUID of a name, by purpose.
func derived(key []byte, purpose, name string) uuid.UUID {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(purpose + "\x00" + name)) // a hash never fails
	id := uuid.UUID(mac.Sum(nil)[:16])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

// The words of an InviteToProgram command (source: Apple's
// mdm/commands/application.invitetoprogram.yaml).
const (
	requestType = "InviteToProgram"
	programID   = "com.apple.cloudvpp"
)

type inviteToProgram struct {
	RequestType   string
	ProgramID     string
	InvitationURL string
}

type command struct {
	Command     inviteToProgram
	CommandUUID string
}

// Invite makes the command that shows an invitation, as a property list. It
// holds the secret: keep it out of logs.
func Invite(commandUUID string, inviteURL content.Secret) ([]byte, error) {
	raw, err := plist.Marshal(command{inviteToProgram{requestType, programID, string(inviteURL)}, commandUUID})
	if err != nil {
		return nil, fmt.Errorf("encoding command %s: %w", commandUUID, err)
	}
	return raw, nil
}
