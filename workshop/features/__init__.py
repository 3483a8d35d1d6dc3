"""The features of a room, in the order their panels appear."""

from workshop.feature import Feature
from workshop.features.agenda.rules import agenda
from workshop.features.chat.rules import chat
from workshop.features.minutes.rules import minutes
from workshop.features.people.rules import people
from workshop.features.polls.rules import polls
from workshop.features.questions.rules import questions
from workshop.features.stage.rules import stage

FEATURES: tuple[Feature, ...] = (stage, agenda, polls, questions, chat, minutes, people)
