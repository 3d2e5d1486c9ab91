// Package invitation holds plans, sends, invitations, deliveries and
// enrollments: their words, the table of legal moves and the rules that turn
// an audience and a channel policy into a frozen list of targets. It knows
// neither storage nor transport.
package invitation
