"""What previews do in Redis, each in one step: scripts in Lua, which Redis runs by themselves.

A stream is a hash: `number` of its newest preview, its `id` and `job`, and `sent`, the time at
which a message that it has something to do was put into the queue. A preview is a hash: `number`,
`state`, `at` (the time of that), and in the end `result` or `problem`. All times are the server's.
"""

from __future__ import annotations

from typing import Final

_NOW: Final = """
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
local function note(key, state, ttl, ...)
  redis.call('HSET', key, 'state', state, 'at', string.format('%.6f', now), ...)
  redis.call('EXPIRE', key, ttl)
  if state ~= 'waiting' and state ~= 'running' then redis.call('PUBLISH', key, 1) end
end
"""

#: KEYS: stream, owner, the new preview. ARGV: id, number, job, the stream's name, how many streams
#: an owner may have under way, for how long one counts, for how long a message counts, ttl, the
#: beginning of previews' keys. Returns superseded, busy, queued or send.
PUT: Final = (
    _NOW
    + """
local stream, owner, preview = KEYS[1], KEYS[2], KEYS[3]
local id, number, job, name = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local most, counts, message, ttl = tonumber(ARGV[5]), ARGV[6], ARGV[7], ARGV[8]
local newest = redis.call('HMGET', stream, 'number', 'id', 'sent')
if newest[1] and tonumber(number) < tonumber(newest[1]) then
  note(preview, 'superseded', ttl, 'number', number)
  return 'superseded'
end
redis.call('ZREMRANGEBYSCORE', owner, '-inf', now)
if not redis.call('ZSCORE', owner, name) and redis.call('ZCARD', owner) >= most then
  return 'busy'
end
if newest[2] then
  local older = ARGV[9] .. newest[2]
  local state = redis.call('HGET', older, 'state')
  if state == 'waiting' or state == 'running' then note(older, 'superseded', ttl) end
end
redis.call('HSET', stream, 'number', number, 'id', id, 'job', job)
redis.call('EXPIRE', stream, ttl)
redis.call('ZADD', owner, now + counts, name)
redis.call('EXPIRE', owner, ttl)
note(preview, 'waiting', ttl, 'number', number)
if newest[3] and now - newest[3] < tonumber(message) then return 'queued' end
redis.call('HSET', stream, 'sent', string.format('%.6f', now))
return 'send'
"""
)

#: KEYS: stream. ARGV: the beginning of previews' keys, ttl. Returns the stream's newest job, which
#: runs from now on, or nothing where it does already or is over.
TAKE: Final = (
    _NOW
    + """
redis.call('HDEL', KEYS[1], 'sent')
local newest = redis.call('HMGET', KEYS[1], 'id', 'job')
if not newest[1] then return false end
local preview = ARGV[1] .. newest[1]
if redis.call('HGET', preview, 'state') ~= 'waiting' then return false end
note(preview, 'running', ARGV[2])
return newest[2]
"""
)

#: KEYS: owner, preview. ARGV: the stream's name, state, the name of the field that says more
#: (result, problem), what it says, ttl. Returns whether it was still wanted: what was superseded is
#: not running any more, and its stream's place is the newer one's.
FINISH: Final = (
    _NOW
    + """
if redis.call('HGET', KEYS[2], 'state') ~= 'running' then return 0 end
note(KEYS[2], ARGV[2], ARGV[5], ARGV[3], ARGV[4])
redis.call('ZREM', KEYS[1], ARGV[1])
return 1
"""
)
